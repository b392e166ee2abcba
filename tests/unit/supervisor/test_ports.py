from __future__ import annotations

import socket

import pytest

from bot.supervisor.ports import PortTakenError, check_port_is_free


def test_a_port_in_use_is_told_with_its_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            PortTakenError, match=f"Port {port}, which the web process needs, is in use.*CITYLINE_PORT"
        ):
            check_port_is_free("127.0.0.1", port, "web", "CITYLINE_PORT")


def test_a_free_port_is_fine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    check_port_is_free("127.0.0.1", port, "web", "CITYLINE_PORT")
