"""What stands in deploy/ can be read, names settings, metrics, pages and headings that exist, and confines the process."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest
import yaml

from bot.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text())
KUBERNETES = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "drom.yml").read_text()))
ALERTS = yaml.safe_load((DEPLOY / "monitoring" / "alerts.yml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((DEPLOY / "monitoring" / "dashboard.json").read_text())
CONTAINERFILE = (DEPLOY / "Containerfile").read_text()
SETTINGS = {
    str(field.field_info.extra["env"]) for field in Settings.__fields__.values() if "env" in field.field_info.extra
}
OURS = ("web", "telegram", "actions", "backup")


def pods():
    for document in KUBERNETES:
        spec = document.get("spec", {})
        if document["kind"] == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        if "template" in spec:
            yield document["metadata"]["name"], spec["template"]["spec"]


def containers():
    for name, pod in pods():
        for container in [*pod.get("initContainers", []), *pod["containers"]]:
            yield pytest.param(container, id=f"{name}/{container['name']}")


def test_every_setting_that_is_given_exists():
    given = {name for service in OURS for name in COMPOSE["services"][service].get("environment", {})}
    for _, pod in pods():
        given |= {one["name"] for container in pod["containers"] for one in container.get("env", [])}
    given |= set(re.findall(r"\b(DROM_[A-Z_]+)=", (DEPLOY / "Containerfile").read_text()))
    assert given <= SETTINGS
    assert "DROM_DATABASE_URL" in given


@pytest.mark.parametrize("service", OURS)
def test_the_services_are_confined(service):
    told = COMPOSE["services"][service]
    assert told["read_only"]
    assert told["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in told["security_opt"]
    assert told["mem_limit"]


def test_only_the_proxy_is_open_and_only_telegram_and_it_reach_the_outside():
    assert COMPOSE["networks"]["inside"]["internal"]
    assert [name for name, told in COMPOSE["services"].items() if "ports" in told] == ["proxy"]
    assert {name for name, told in COMPOSE["services"].items() if "outside" in told["networks"]} == {
        "proxy",
        "telegram",
    }


def test_there_is_one_poller_and_a_page_sticks_by_its_cookie():
    from bot.channels.web.visitors import COOKIE

    assert "TELEGRAM_TOKEN" not in COMPOSE["services"]["web"]["environment"]
    assert "deploy" not in COMPOSE["services"]["telegram"]
    telegram = next(
        one for one in KUBERNETES if one["metadata"]["name"] == "drom-telegram" and one["kind"] == "Deployment"
    )
    assert telegram["spec"]["replicas"] == 1
    assert telegram["spec"]["strategy"] == {"type": "Recreate"}
    proxy = (DEPLOY / "proxy" / "nginx.conf").read_text()
    assert f"$cookie_{COOKIE}" in proxy
    assert "hash $visitor consistent" in proxy


def test_the_image_does_not_run_as_root():
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001:10001"]


@pytest.mark.parametrize("container", containers())
def test_the_containers_have_limits_and_no_rights(container):
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert set(container["resources"]) == {"requests", "limits"}


def test_the_pods_are_nobody_and_know_nothing_of_the_cluster():
    for _, pod in pods():
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["automountServiceAccountToken"] is False


def run_by_us():
    """Every command line that runs in a container of ours, with where it stands."""
    for service in OURS:
        told = COMPOSE["services"][service]
        for command in (told.get("command"), told.get("healthcheck", {}).get("test")):
            if command:
                yield pytest.param(command, id=f"compose/{service}")
    for name, pod in pods():
        for container in [*pod.get("initContainers", []), *pod["containers"]]:
            if "command" in container:
                yield pytest.param(container["command"], id=f"{name}/{container['name']}")
    whole_lines = re.sub(r"\\\n\s*", "", CONTAINERFILE)
    for check, command in re.findall(r"^(HEALTHCHECK .*)?CMD (\[.*\])$", whole_lines, re.MULTILINE):
        yield pytest.param(json.loads(command), id=f"Containerfile/{'health' if check else 'run'}")


def test_no_command_is_passed_over():
    read = {param.id for param in run_by_us()}
    assert {"Containerfile/run", "Containerfile/health", "compose/actions", "compose/backup", "drom-web/key"} <= read


@pytest.mark.parametrize("command", run_by_us())
def test_every_command_exists(command):
    from typer.main import get_command

    from bot.cli import app

    words = " ".join(command)
    ours = set(get_command(app).commands)
    assert set(re.findall(r"\bdrom ([a-z]+)", words)) <= ours
    assert all(importlib.util.find_spec(module) for module in re.findall(r"python -m (\w+)", words))
    assert command[0] in {"python", "sh", "install", "drom", "CMD"}


def test_what_is_copied_and_mounted_is_there():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", CONTAINERFILE, re.MULTILINE)
    assert copied
    assert all((ROOT / name).exists() for names in copied for name in names.split())
    mounted = [source for volume in COMPOSE["services"]["proxy"]["volumes"] for source in [volume.split(":")[0]]]
    assert (DEPLOY / next(source for source in mounted if source.endswith(".conf"))).is_file()
    endpoints = yaml.safe_load((DEPLOY / "endpoints.actions.yml").read_text())
    service, port = re.fullmatch(r"http://(\w+):(\d+)/webhook", endpoints["action_endpoint"]["url"]).groups()
    assert port in COMPOSE["services"][service]["command"]


def test_everybody_means_the_port_that_the_assistant_listens_on():
    port = Settings.__fields__["port"].default
    proxy = (DEPLOY / "proxy" / "nginx.conf").read_text()
    assert re.findall(r"server (\w+):(\d+) resolve", proxy) == [("web", str(port))]
    assert f"EXPOSE {port}" in CONTAINERFILE
    assert f"127.0.0.1:{port}/health/ready" in CONTAINERFILE
    opened = {one["containerPort"] for _, pod in pods() for c in pod["containers"] for one in c.get("ports", [])}
    scraped = {
        one["spec"]["template"]["metadata"]["annotations"]["prometheus.io/port"]
        for one in KUBERNETES
        if one["kind"] == "Deployment"
    }
    assert opened == {port}
    assert scraped == {str(port)}


def test_what_is_mounted_is_a_volume_of_the_pod_and_every_pod_of_ours_has_the_key():
    for name, pod in pods():
        volumes = {volume["name"] for volume in pod["volumes"]}
        for container in [*pod.get("initContainers", []), *pod["containers"]]:
            assert {one["name"] for one in container["volumeMounts"]} <= volumes, name
        # A backup without the key brings back requests of chats that nobody knows any more.
        assert any("/data/pseudonym.key" in one["command"] for one in pod["initContainers"]), name
    assert "data:/data" in COMPOSE["services"]["backup"]["volumes"]  # the key lies in it


def test_the_probes_ask_pages_that_exist():
    source = (ROOT / "bot" / "operations" / "service.py").read_text()
    asked = {
        container[probe]["httpGet"]["path"]
        for _, pod in pods()
        for container in pod["containers"]
        for probe in ("livenessProbe", "readinessProbe", "startupProbe")
        if probe in container
    }
    assert asked == {"/health/live", "/health/ready"}
    assert all(f'"{path}"' in source for path in asked)


def test_nothing_goes_out_but_what_a_policy_allows():
    policies = {one["metadata"]["name"]: one["spec"] for one in KUBERNETES if one["kind"] == "NetworkPolicy"}
    assert "egress" not in policies["drom-nothing"]
    blocks = [to for rule in policies["drom-telegram"]["egress"] for to in rule["to"]]
    assert all("ipBlock" in block and block["ipBlock"]["cidr"] != "0.0.0.0/0" for block in blocks)


def metric_names():
    """The names that Prometheus reads from a running assistant."""
    names = set()
    for file in ("metrics.py", "service.py"):
        text = (ROOT / "bot" / "operations" / file).read_text()
        names |= set(re.findall(r'"(drom_\w+)"', text))
        names |= {f"drom_telegram_{name}" for name in ("received", "answered", "sent", "dropped", "refused", "forged")}
    return names | {f"{name}{ending}" for name in names for ending in ("_total", "_bucket", "_sum", "_count")}


def test_alerts_and_dashboard_ask_for_metrics_that_exist():
    asked = " ".join([rule["expr"] for rule in ALERTS] + [t["expr"] for p in DASHBOARD["panels"] for t in p["targets"]])
    used = set(re.findall(r"\bdrom_\w+", asked))
    assert used
    assert used <= metric_names()


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_every_alert_has_a_runbook(rule):
    file, anchor = rule["annotations"]["runbook"].split("#")
    headings = re.findall(r"^#+ (.+)$", (ROOT / file).read_text(), re.MULTILINE)
    assert anchor in {heading.lower().replace(" ", "-") for heading in headings}
