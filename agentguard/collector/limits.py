"""How much one device may send: so many requests at once, and so many a second in the long run (a token bucket)."""

from __future__ import annotations

import threading

RATE, BURST = 20.0, 200.0  # requests a second, requests at once
_MOST = 100_000  # devices that are remembered


class Rate:
    """The buckets. Any thread may ask."""

    def __init__(self, rate: float = RATE, burst: float = BURST) -> None:
        self._rate = rate
        self._burst = burst
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}  # device: requests left, at which time

    def wait(self, device: str, now: float) -> float:
        """Count a request; return 0, or after how many seconds the device may ask again. `now` is monotonic."""
        with self._lock:
            left, at = self._left.pop(device, (self._burst, now))
            left = min(self._burst, left + (now - at) * self._rate)
            if len(self._left) >= _MOST:
                self._left.pop(next(iter(self._left)))  # the one that asked longest ago has a full bucket by now
            self._left[device] = (max(left - 1, 0.0) if left >= 1 else left, now)
            return 0.0 if left >= 1 else (1 - left) / self._rate
