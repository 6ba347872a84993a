"""How the week was, for every maintainer, on Monday morning. Wiring only: see muctieu/tasks.py."""

from __future__ import annotations

from airflow.sdk import DAG, CronTriggerTimetable, task

from muctieu import tasks
from muctieu.airflow_home import writer

with DAG(
    dag_id="weekly_digest",
    dag_display_name="Tổng kết tuần",
    description="Cảnh báo đang mở, tình trạng các cổng và khu cách ly, gửi cho từng người phụ trách",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("0 7 * * 1", timezone="Asia/Ho_Chi_Minh"),
    start_date=tasks.first_day(),
    catchup=False,
    max_active_runs=1,
    tags=["cảnh báo"],
    default_args=tasks.retrying(2, minutes=15, hours=1),
) as dag:

    @task(multiple_outputs=False, task_display_name="Gửi tổng kết tuần", **writer())
    def send(run_id: str | None = None) -> dict[str, object]:
        return tasks.weekly_digest(str(run_id))

    send()
