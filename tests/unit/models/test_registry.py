"""The models are listed without importing them."""

from __future__ import annotations

import subprocess
import sys


def test_listing_the_models_imports_none() -> None:
    code = (
        "import sys, kgp.models.registry as r; assert r.MODELS; assert 'torch' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_torch_the_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from kgp.errors import MissingExtraError\n"
        "from kgp.models.registry import load_model\n"
        "try:\n    load_model('kg-gat')\n"
        "except MissingExtraError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'kgp[train]'" in done.stdout
