"""What ``deploy/`` says is well formed, and says the same as the code."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from hip.engine import timeouts
from hip.gateway.wording import load_words
from hip.settings import ROOT, VARIABLES

DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
FOLDERS = ("base", "migrate")
SERVERS = ("gateway", "rasa", "actions", "site")
#: Seconds between "stop" and the first connection that is refused, in which everybody learns of it.
LEAVING = 10
#: Variables of what our servers stand on.
OTHERS = {"RASA_TELEMETRY_ENABLED", "SANIC_GRACEFUL_SHUTDOWN_TIMEOUT"}


def read_manifests() -> list[dict[str, Any]]:
    """Every document of every file that a kustomization names."""
    documents: list[dict[str, Any]] = []
    for folder in FOLDERS:
        kustomization = yaml.safe_load((KUBERNETES / folder / "kustomization.yml").read_text())
        files = {path.name for path in (KUBERNETES / folder).glob("*.yml")} - {"kustomization.yml"}
        assert set(kustomization["resources"]) == files
        for name in sorted(files):
            documents += yaml.safe_load_all((KUBERNETES / folder / name).read_text())
    return documents


MANIFESTS = read_manifests()
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text())


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    """The documents of a kind, by name."""
    return {each["metadata"]["name"]: each for each in MANIFESTS if each["kind"] == kind}


def pods() -> dict[str, dict[str, Any]]:
    """What every pod is made of, by the name of what makes it."""
    found = {}
    for each in MANIFESTS:
        spec = each.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            found[each["metadata"]["name"]] = spec["template"]["spec"]
    return found


@cache
def schemas() -> Path:
    """The newest of Kubernetes' own schemas, without anything that they do not know."""
    found = find_spec("kubernetes_validate")
    assert found, "kubernetes-validate is missing: `make develop`"
    assert found.origin
    return max((Path(found.origin).parent / "kubernetes-json-schema").glob("v*-local-strict"))


@cache
def definitions() -> dict[str, Any]:
    """What all the schemas refer to."""
    read: dict[str, Any] = json.loads((schemas() / "_definitions.json").read_text())
    return read


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: f"{each['kind']}-{each['metadata']['name']}")
def test_a_manifest_fits_the_schema_of_kubernetes(manifest: dict[str, Any]) -> None:
    group = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", manifest["apiVersion"])
    path = schemas() / f"{manifest['kind'].lower()}-{group}.json"
    schema = json.loads(path.read_text())
    resolver = jsonschema.RefResolver(path.as_uri(), schema, store={definitions()["$id"]: definitions()})
    jsonschema.Draft7Validator(schema, resolver=resolver).validate(manifest)


def test_the_schema_would_see_a_mistake() -> None:
    broken = json.loads(json.dumps(of_kind("Deployment")["rasa"]))
    broken["spec"]["template"]["spec"]["containers"][0]["readyProbe"] = {}
    with pytest.raises(jsonschema.ValidationError, match="readyProbe"):
        test_a_manifest_fits_the_schema_of_kubernetes(broken)


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_is_replaced_without_a_gap(name: str) -> None:
    spec = of_kind("Deployment")[name]["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert of_kind("PodDisruptionBudget")[name]["spec"]["selector"] == spec["selector"]
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    assert container["lifecycle"]["preStop"]["exec"]["command"] == ["sleep", str(LEAVING)]
    assert pod["terminationGracePeriodSeconds"] == LEAVING + timeouts.STOP
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= set(container)


@pytest.mark.parametrize("name", sorted(pods()))
def test_a_pod_has_limits_and_no_rights(name: str) -> None:
    pod = pods()[name]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    for container in pod["containers"]:
        assert set(container["resources"]["limits"]) == {"cpu", "memory"}
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["allowPrivilegeEscalation"] is False


def test_every_pod_talks_only_to_whom_it_must() -> None:
    policies = of_kind("NetworkPolicy")
    everybody = policies["nothing-by-default"]["spec"]
    assert everybody == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert set(pods()) <= set(policies)
    outside = {
        name
        for name, policy in policies.items()
        for rule in policy["spec"].get("ingress", [])
        if any("namespaceSelector" in peer for peer in rule["from"])
    }
    assert outside == {"gateway", "site"}


def test_only_the_gateway_is_published() -> None:
    assert all(each["spec"].get("type", "ClusterIP") == "ClusterIP" for each in of_kind("Service").values())
    backends = [
        path["backend"]["service"]["name"]
        for ingress in of_kind("Ingress").values()
        for rule in ingress["spec"]["rules"]
        for path in rule["http"]["paths"]
    ]
    assert backends == ["gateway"]
    services = COMPOSE["services"]
    assert {name for name, service in services.items() if "ports" in service} == {"proxy", "site"}
    assert services["site"]["ports"] == ["127.0.0.1:8090:8090"]
    for name in ("rasa", "actions", "balancer", "postgres", "redis", "migrate", "retention"):
        assert all(COMPOSE["networks"][network]["internal"] for network in services[name]["networks"]), name


def test_every_variable_is_known() -> None:
    known = {variable.name for variable in VARIABLES} | OTHERS
    named = set(of_kind("ConfigMap")["hip-config"]["data"])
    for name, pod in pods().items():
        if name != "redis":
            named |= {entry["name"] for container in pod["containers"] for entry in container.get("env", [])}
    for name, service in COMPOSE["services"].items():
        if name not in ("proxy", "balancer", "postgres", "redis"):
            named |= set(service.get("environment", {}))
    assert named <= known


def test_compose_sets_what_it_needs() -> None:
    """Every variable without a default is in the example of the file that sets it."""
    needed = set(re.findall(r"\$\{(\w+):\?\}", (DEPLOY / "compose.yml").read_text()))
    example = set(re.findall(r"^(\w+)=", (DEPLOY / "compose.env.example").read_text(), re.MULTILINE))
    assert needed <= example
    for name, service in COMPOSE["services"].items():
        assert set(service.get("depends_on", {})) <= set(COMPOSE["services"]), name
        assert service.get("stop_grace_period", "40s") == f"{timeouts.STOP:g}s"


def test_proxies_give_up_when_they_should() -> None:
    outer = (DEPLOY / "nginx" / "outer.conf.template").read_text()
    inner = (DEPLOY / "nginx" / "inner_proxy.conf").read_text()
    for text, seconds in ((outer, timeouts.OUTER_PROXY), (inner, timeouts.INNER_PROXY)):
        assert re.findall(r"proxy_(?:read|send)_timeout (\d+)s;", text) == [f"{seconds:g}"] * 2
    notes = of_kind("Ingress")["gateway"]["metadata"]["annotations"]
    for direction in ("read", "send"):
        assert notes[f"nginx.ingress.kubernetes.io/proxy-{direction}-timeout"] == f"{timeouts.OUTER_PROXY:g}"


def test_no_proxy_writes_what_people_say_into_a_file() -> None:
    """A body that fits its buffer stays in memory, and so does an answer."""
    for name in ("outer.conf.template", "inner.conf.template"):
        text = (DEPLOY / "nginx" / name).read_text()
        sizes = re.findall(r"client_max_body_size (\w+);", text)
        assert sizes
        assert re.findall(r"client_body_buffer_size (\w+);", text) == sizes
    for name in ("outer.conf.template", "inner_proxy.conf"):
        assert "proxy_max_temp_file_size 0;" in (DEPLOY / "nginx" / name).read_text()


def test_nginx_says_what_the_gateway_would() -> None:
    said = json.loads((DEPLOY / "nginx" / "unavailable.json").read_text())
    assert said == {"error": {"code": "unavailable", "message": load_words().problems["unavailable"]}}
