"""`drom mediators`: who is at the desk."""

import json

import pytest
from typer.testing import CliRunner

from bot.clock import now
from bot.desk.cli import app
from bot.desk.desk import open_database
from bot.desk.members import Members
from bot.settings import settings

runner = CliRunner(mix_stderr=False)
INVITE = ["invite", "--organization", "Talsu romu biedrība", "--municipality", "Talsu novads", "--language", "lv"]


@pytest.fixture(autouse=True)
def own_database(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.desk.cli.settings", lambda: settings().copy(update={"data_dir": tmp_path}))
    return settings().copy(update={"data_dir": tmp_path})


def invite(*more):
    result = runner.invoke(app, [*INVITE, "--bot", "@drom_bot", "--json", *more])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_an_invitation_is_a_code_and_a_link_that_let_somebody_join(own_database):
    document = invite()
    assert document["link"] == f"https://t.me/drom_bot?start=join-{document['code']}"
    members = Members(open_database(own_database))
    assert members.join(document["code"], "telegram-maija", "lv", now())
    (listed,) = json.loads(runner.invoke(app, ["list", "--json"]).stdout)
    assert listed["organization"] == "Talsu romu biedrība"
    assert (listed["municipalities"], listed["languages"], listed["role"]) == (["Talsu novads"], ["lv"], "mediator")
    assert "chat" not in listed
    assert runner.invoke(app, ["remove", str(listed["number"])]).exit_code == 0
    assert members.all() == []


def test_the_code_can_be_typed_where_no_link_can_be_made():
    result = runner.invoke(app, INVITE)
    assert result.exit_code == 0
    assert result.stdout.startswith("/join ")


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["invite", "--organization", "Biedrība"], "--municipality"),
        (["invite", "--organization", "Biedrība", "--municipality", "Nekurienes novads"], "municipalities.csv"),
        (["invite", "--organization", " ", "--municipality", "Talsu novads"], "organisation has a name"),
        (["remove", "17"], "drom mediators list"),
    ],
)
def test_a_mistake_is_told_with_its_remedy(arguments, remedy):
    result = runner.invoke(app, arguments)
    assert result.exit_code == 1
    assert remedy in str(result.exception)


def test_a_language_that_nobody_here_speaks_is_refused():
    assert runner.invoke(app, [*INVITE, "--language", "lt"]).exit_code == 2
