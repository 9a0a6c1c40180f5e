"""Rasa without TensorFlow: stand-ins for the eight modules that import it.

TensorFlow is 2 GB on disk, 15 s of start and 400 MB of memory that a pipeline like ours never uses. Each stand-in has a
class of the expected name, which says what to use instead when somebody builds it. All step aside when TensorFlow is
installed.
"""

from __future__ import annotations

from functools import cache
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Final, NoReturn

from hip.engine.source import Original

REPLACES: Final = (
    Original("rasa.engine.recipes.default_recipe", "DefaultV1Recipe._from_registry", (163, 179), "0636fb047768d4b9"),
    Original("rasa.engine.recipes.default_components", "DEFAULT_COMPONENTS", (40, 79), "3b029e3a21734c16"),
)

_LIGHT_NLU: Final = "LogisticRegressionClassifier with hip.language's sentence encoder"

#: Module of Rasa 3.6.21 -> the names other modules take from it -> what to use instead.
STAND_INS: Final[dict[str, dict[str, str]]] = {
    "rasa.utils.tensorflow.callback": {
        "RasaTrainingLogger": _LIGHT_NLU,
        "RasaModelCheckpoint": _LIGHT_NLU,
    },
    "rasa.utils.tensorflow.data_generator": {"RasaBatchDataGenerator": _LIGHT_NLU},
    "rasa.nlu.classifiers.diet_classifier": {"DIETClassifier": _LIGHT_NLU},
    "rasa.nlu.selectors.response_selector": {"ResponseSelector": "hip.language.classifiers.TopicSelector"},
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer": {
        "ConveRTFeaturizer": "hip.language's sentence encoder"
    },
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer": {
        "LanguageModelFeaturizer": "hip.language's sentence encoder"
    },
    "rasa.core.policies.ted_policy": {"TEDPolicy": "RulePolicy"},
    "rasa.core.policies.unexpected_intent_policy": {"UnexpecTEDIntentPolicy": "RulePolicy"},
}


class NeedsTensorFlowError(ImportError):
    """A part of Rasa was asked for that needs TensorFlow, which this environment leaves out on purpose."""


@cache
def has_tensorflow() -> bool:
    """Whether TensorFlow is installed; looks at the path only and imports nothing."""
    return PathFinder.find_spec("tensorflow") is not None


class StandInLoader(Loader):
    """Fills a module with stand-in classes."""

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Python's own way."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Give the module a class for each name that Rasa expects in it."""
        for name, instead in STAND_INS[module.__name__].items():
            setattr(module, name, _stand_in(module.__name__, name, instead))


def replace(recipe: ModuleType) -> None:
    """Let a ``config.yml`` that names a stand-in fail with its own words instead of "can't load class"."""
    default: Any = recipe.DefaultV1Recipe
    find = default._from_registry
    names = {name: (module, instead) for module, found in STAND_INS.items() for name, instead in found.items()}

    def from_registry(cls: Any, name: str) -> Any:
        short = name.rpartition(".")[2]
        if short in names and not has_tensorflow():
            module, instead = names[short]
            _stand_in(module, short, instead)()
        return find(name)

    default._from_registry = classmethod(from_registry)


def _stand_in(module: str, name: str, instead: str) -> type:
    def refuse(*args: Any, **kwargs: Any) -> NoReturn:
        raise NeedsTensorFlowError(
            f"{name} needs TensorFlow, which this environment leaves out on purpose: use {instead}, or install "
            "tensorflow 2.12 in an environment of its own"
        )

    return type(name, (), {"__module__": module, "__init__": refuse, "create": refuse, "load": refuse})
