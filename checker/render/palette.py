"""The colours of the pictures, chosen to survive a grey print: core dark red, tail grey, free outlined."""

from __future__ import annotations

INK = "#111827"
FAINT = "#6b7280"
LINE = "#d1d5db"
PAPER = "#ffffff"

CORE, CORE_FILL, CORE_INK = "#b91c1c", "#fecaca", "#7f1d1d"
TAIL, TAIL_FILL = "#6b7280", "#e5e7eb"
FREE = "#2563eb"

STEP, STEP_FILL = "#1d4ed8", "#dbeafe"
MAY, MAY_FILL = "#a16207", "#fef3c7"
FAULT, FAULT_FILL = "#9d174d", "#fce7f3"
WAIT_FILL, REST_FILL, END_FILL = "#e5e7eb", "#ecfdf5", "#f9fafb"
HEAD_FILL = "#1f2937"
