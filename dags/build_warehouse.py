"""Turn new articles into a published warehouse. Wiring only: see muctieu/tasks.py.

Runs when a scraping DAG has announced new articles, and every morning: a broken portal brings no articles, and its alert must not wait
for somebody else's. Extraction is mapped over batches and writes files only; every task that
opens the warehouse holds the one slot of the pool `warehouse_writer`. Nothing is published unless the audit allows it. The
digest runs whatever happened before it (a failure callback of the DAG may not run when a mapped task is downstream); it is a teardown
that does not count, so that its success does not make a failed run look like a good one.
"""

from __future__ import annotations

from airflow.sdk import DAG, Asset, AssetOrTimeSchedule, CronTriggerTimetable, Param, task

from muctieu import tasks
from muctieu.airflow_home import EXTRACTION_POOL, writer
from muctieu.callbacks import deadline, states_of

articles = Asset("muctieu_articles", uri="muctieu://lake/articles")
published = Asset("muctieu_published", uri="muctieu://published/current")

DAG_ID = "build_warehouse"
LATE_AFTER_MIN = 120  # a day's articles take minutes; a full rebuild of everything under an hour

with DAG(
    dag_id=DAG_ID,
    dag_display_name="Dựng kho dữ liệu",
    description="Trích xuất, nạp, biến đổi, kiểm định và công bố",
    doc_md=__doc__,
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("30 6 * * *", timezone="Asia/Ho_Chi_Minh"), assets=[articles]),
    deadline=deadline(DAG_ID, LATE_AFTER_MIN),
    start_date=tasks.first_day(),
    catchup=False,
    max_active_runs=1,
    tags=["kho dữ liệu"],
    params={
        "full_refresh": Param(False, type="boolean", title="Dựng lại toàn bộ", description="Dựng lại mọi bảng từ dữ liệu gốc"),
        "portals": Param(
            [], type="array", items={"type": "string"}, title="Cổng", description="Chỉ trích xuất bài của các cổng này; trống là tất cả"
        ),
    },
    default_args=tasks.retrying(1, minutes=2, hours=3),
) as dag:

    @task(task_display_name="Chia lô bài cần trích xuất")
    def plan_extraction(params: dict[str, object] | None = None) -> list[list[str]]:
        # never empty: a mapped task without instances is skipped, and everything after it too
        return tasks.plan_extraction(portals=list((params or {}).get("portals") or [])) or [[]]  # type: ignore[call-overload]

    @task(
        multiple_outputs=False,
        task_display_name="Trích xuất số liệu",
        pool=EXTRACTION_POOL,
        map_index_template="{{ task.op_kwargs['batch'] | length }} tệp bài viết",
    )
    def extract(batch: list[str]) -> dict[str, int]:
        return tasks.extract(batch)

    @task(multiple_outputs=False, task_display_name="Nạp vào kho", **writer())
    def load(run_id: str | None = None) -> dict[str, object]:
        return tasks.load(str(run_id))

    @task.short_circuit(task_display_name="Có gì mới không?", **writer(), ignore_downstream_trigger_rules=False, retries=0)
    def anything_new(params: dict[str, object] | None = None) -> bool:
        return tasks.anything_new(full_refresh=bool((params or {}).get("full_refresh")))

    @task(multiple_outputs=False, task_display_name="Kiểm định dữ liệu gốc", **writer())
    def audit_raw(run_id: str | None = None) -> dict[str, object]:
        return tasks.audit("raw", str(run_id))

    @task(multiple_outputs=False, task_display_name="Biến đổi (dbt)", **writer())
    def transform(run_id: str | None = None, params: dict[str, object] | None = None) -> dict[str, object]:
        return tasks.transform(str(run_id), full_refresh=bool((params or {}).get("full_refresh")))

    @task(multiple_outputs=False, task_display_name="Kiểm định kho", **writer())
    def audit_marts(run_id: str | None = None) -> dict[str, object]:
        return tasks.audit("marts", str(run_id))

    @task(multiple_outputs=False, task_display_name="Công bố", **writer(), outlets=[published])
    def publish(audits: list[dict[str, object]], run_id: str | None = None) -> dict[str, object]:
        return tasks.publish(str(run_id), audits)

    @task(task_display_name="Báo cáo HTML", queue=writer()["queue"])  # where the published folder is
    def report() -> str:
        return tasks.report()

    @task(multiple_outputs=False, task_display_name="Tổng hợp cảnh báo", **writer(), trigger_rule="all_done", retries=0)
    def digest(run_id: str | None = None, ti: object = None) -> dict[str, object]:
        return tasks.digest(str(run_id), DAG_ID, states_of(ti, DAG_ID, str(run_id)))

    batches = plan_extraction()
    extracted = extract.expand(batch=batches)
    loaded, raw_audit, transformed, marts_audit = load(), audit_raw(), transform(), audit_marts()
    released, reported = publish([raw_audit, marts_audit]), report()
    finish = digest().as_teardown()
    batches >> extracted >> loaded >> anything_new() >> raw_audit >> transformed >> marts_audit >> released >> reported >> finish
