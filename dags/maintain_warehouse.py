"""Keep the warehouse small, on Sunday nights. Wiring only: see warehouse/maintenance.py."""

from __future__ import annotations

from airflow.sdk import DAG, CronTriggerTimetable, task

from muctieu import tasks
from muctieu.airflow_home import writer

with DAG(
    dag_id="maintain_warehouse",
    dag_display_name="Dọn kho dữ liệu",
    description="Gộp tệp nhỏ, bỏ ảnh chụp cũ và xóa tệp không ai đọc nữa",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("30 2 * * 0", timezone="Asia/Ho_Chi_Minh"),
    start_date=tasks.first_day(),
    catchup=False,
    max_active_runs=1,
    tags=["kho dữ liệu"],
    default_args=tasks.retrying(2, minutes=15, hours=2),
) as dag:

    @task(multiple_outputs=False, task_display_name="Dọn kho", **writer())
    def maintain(run_id: str | None = None) -> dict[str, object]:
        return tasks.maintain(str(run_id))

    maintain()
