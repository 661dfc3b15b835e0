from recode_data.intake.judge import ImportTask, judge_step
from recode_data.intake.report import import_table
from recode_data.intake.rows import ForeignRow, read_foreign_rows
from recode_data.intake.run import ImportOptions, import_file

__all__ = [
    "ForeignRow",
    "ImportOptions",
    "ImportTask",
    "import_file",
    "import_table",
    "judge_step",
    "read_foreign_rows",
]
