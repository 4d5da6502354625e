"""Figures and cases from the outside: a table of figures, or an OCDS release package."""

from casebook.imports.merge import OnDifference as OnDifference
from casebook.imports.plan import FileChange as FileChange
from casebook.imports.plan import ImportPlan as ImportPlan
from casebook.imports.plan import plan_import as plan_import
from casebook.imports.table import MAX_BYTES as MAX_BYTES
