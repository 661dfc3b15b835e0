from recode_bench.report.markdown import markdown_table
from recode_bench.report.runs import Run, Sample, read_runs
from recode_bench.report.write import report_page, write_report

__all__ = ["Run", "Sample", "markdown_table", "read_runs", "report_page", "write_report"]
