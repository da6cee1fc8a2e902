"""The scan in plain torch, step by step: any device, any dtype, and what the others are tested by.

Shapes: B batch, T frames, I inner channels, N states.
"""

import torch
from torch import Tensor


def obstacle(device: torch.device, dtype: torch.dtype) -> str | None:  # noqa: ARG001
    """None: plain torch works wherever torch does."""
    return None


def forward(
    u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor, D: Tensor, initial: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Outputs (B, T, I) and the state after the last frame (B, I, N)."""
    state = _start(u, A, initial)
    drive = delta * u
    outputs = []
    for t in range(u.shape[1]):
        decay = torch.exp(delta[:, t, :, None] * A)  # (B, I) -> (B, I, N)
        state = decay * state + drive[:, t, :, None] * B[:, t, None, :]
        outputs.append((state * C[:, t, None, :]).sum(-1))  # (B, I, N) -> (B, I)
    return torch.stack(outputs, dim=1) + D * u, state  # T x (B, I) -> (B, T, I)


def backward(
    grad: Tensor,
    grad_state: Tensor | None,
    u: Tensor,
    delta: Tensor,
    A: Tensor,
    B: Tensor,
    C: Tensor,
    D: Tensor,
    initial: Tensor | None,
) -> tuple[Tensor, ...]:
    """Gradients of u, delta, A, B, C, D and the initial state, by walking the frames backward.

    Keeps all T states: simple rather than small.
    """
    drive = delta * u
    states = [_start(u, A, initial)]
    for t in range(u.shape[1]):
        decay = torch.exp(delta[:, t, :, None] * A)
        states.append(decay * states[-1] + drive[:, t, :, None] * B[:, t, None, :])
    g = torch.zeros_like(states[0]) if grad_state is None else grad_state  # (B, I, N)
    du, ddelta, dA = D * grad, torch.zeros_like(u), torch.zeros_like(A)
    dB, dC = torch.zeros_like(B), torch.zeros_like(C)
    for t in range(u.shape[1] - 1, -1, -1):
        g = g + grad[:, t, :, None] * C[:, t, None, :]
        dC[:, t] = (grad[:, t, :, None] * states[t + 1]).sum(1)  # (B, I, N) -> (B, N)
        dB[:, t] = (drive[:, t, :, None] * g).sum(1)  # (B, I, N) -> (B, N)
        ddrive = (g * B[:, t, None, :]).sum(-1)  # (B, I, N) -> (B, I)
        g = g * torch.exp(delta[:, t, :, None] * A)
        dexponent = g * states[t]
        du[:, t] += ddrive * delta[:, t]
        ddelta[:, t] = ddrive * u[:, t] + (dexponent * A).sum(-1)
        dA += (dexponent * delta[:, t, :, None]).sum(0)  # (B, I, N) -> (I, N)
    return du, ddelta, dA, dB, dC, (grad * u).sum((0, 1)), g


def _start(u: Tensor, A: Tensor, initial: Tensor | None) -> Tensor:
    """State before the first frame: zero unless given."""
    return u.new_zeros(u.shape[0], *A.shape) if initial is None else initial
