"""Puts an instance on stage: its APIs, its business rule, its case worker's page."""

from __future__ import annotations

from fastapi import APIRouter

from bot.simulator.config import InstanceAccount
from bot.simulator.servicenow.api import Access, ServiceNowApi
from bot.simulator.servicenow.desk import Desk
from bot.simulator.servicenow.instance import Happening, Instance
from bot.simulator.servicenow.page import DeskPage
from bot.simulator.servicenow.rule import KEY, CallCityline
from bot.simulator.world import World


def instance_routers(world: World, account: InstanceAccount) -> list[APIRouter]:
    """The routes of a new, empty instance with that account."""
    instance = Instance(groups=list(world.config.groups), clock=world.config.clock)

    def show(happening: Happening) -> None:
        told = {"deed": happening.deed, "table": happening.table, "sys_id": happening.sys_id}
        world.hub.publish(KEY, {"type": "case", **told})

    instance.observers += [show, CallCityline(world, account)]
    access = Access(account.username, account.password, account.client_id, account.client_secret)
    console = f"{world.config.public_base or 'http://127.0.0.1:8311'}/console"
    page = DeskPage(Desk(instance, account.username), world, console_url=console)
    return [ServiceNowApi(instance, access).router(), page.router()]
