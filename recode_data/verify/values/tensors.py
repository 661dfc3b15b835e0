"""PyTorch and JAX: tensors as arrays; devices and sizes as text and tuples; modules by parameters."""

import sys


def read(value, kind, inner):
    """A tensor, what describes one, or a module."""
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "Tensor"):
        found = _of_torch(value, torch, inner)
        if found is not None:
            return found
    jax = sys.modules.get("jax")
    array = getattr(jax, "Array", None)
    numpy = sys.modules.get("numpy")
    if array is not None and numpy is not None and isinstance(value, array):
        return inner(numpy.asarray(value))
    return None


def _of_torch(value, torch, inner):
    if isinstance(value, torch.Tensor):
        plain = value.detach()
        if plain.is_sparse:
            plain = plain.to_dense()
        if plain.dtype in (torch.bfloat16, torch.float16):
            plain = plain.float()
        try:
            return inner(plain.resolve_conj().cpu().numpy())
        except Exception:
            return inner(plain.cpu().tolist())
    if isinstance(value, (torch.dtype, torch.device)):
        return ["s", str(value)]
    if isinstance(value, torch.nn.Module):
        state = sorted(value.state_dict().items())
        return ["o", type(value).__name__, [[name, inner(item)] for name, item in state[:60]]]
    return None
