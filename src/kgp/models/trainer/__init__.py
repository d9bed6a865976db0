"""Training one network: any model, resumed exactly, in one process or several."""

from kgp.models.trainer.facts import RunFacts
from kgp.models.trainer.loop import Fit, fit
from kgp.models.trainer.state import FitState, StateFile
from kgp.models.trainer.task import FitConfig, Task, Validation

__all__ = ["Fit", "FitConfig", "FitState", "RunFacts", "StateFile", "Task", "Validation", "fit"]
