"""A long text in overlapping stretches, each short enough that one thing said in it is what it means."""

LENGTH = 12  # words of a stretch; each begins in the middle of the one before
SHORT = 16  # words; what is no longer than that is read as it is
MOST = 24  # a page is cut into as many, longer ones


def stretches(text: str) -> list[str]:
    """The stretches of a long text, which cover it; none of a short one."""
    words = text.split()
    if len(words) <= SHORT:
        return []
    step = max(LENGTH // 2, -(-len(words) // MOST))
    return [" ".join(words[start : start + 2 * step]) for start in range(0, len(words) - step, step)]
