"""One scraping DAG a portal, generated from the registry (scrapers/portals/*.yml). Wiring only: see muctieu/tasks.py.

These are "now" DAGs: a run asks the portal as it is at that moment. To repair a failed run, start a new one; the state
file and the archive make it idempotent. `since`, `until` and `limit` narrow a run by hand or in a backfill.
"""

from __future__ import annotations

from airflow.sdk import DAG, Asset, Param, task

from muctieu import tasks
from muctieu.airflow_home import host_pool, writer
from muctieu.callbacks import deadline, states_of
from muctieu.settings import read_settings

LATE_AFTER_MIN = 180  # three tries of a slow portal take less

articles = Asset("muctieu_articles", uri="muctieu://lake/articles")

PARAMS = {
    "since": Param(None, type=["null", "string"], format="date", title="Từ ngày", description="Chỉ lấy bài đăng từ ngày này (YYYY-MM-DD)"),
    "until": Param(None, type=["null", "string"], format="date", title="Đến ngày", description="Chỉ lấy bài đăng đến hết ngày này"),
    "limit": Param(None, type=["null", "integer"], minimum=1, title="Số bài tối đa", description="Dừng sau chừng này bài mới"),
}


def scraping_dag(portal_id: str, name: str, schedule: str | None, tags: list[str]) -> DAG:
    """The DAG of one portal."""
    dag_id = f"scrape_{portal_id}"
    with DAG(
        dag_id=dag_id,
        dag_display_name=f"Thu thập: {name}",
        description=f"Tải, lưu trữ và phân tích bài mới của {name}",
        doc_md=__doc__,
        schedule=schedule,
        deadline=deadline(dag_id, LATE_AFTER_MIN),
        start_date=tasks.first_day(),
        catchup=False,
        max_active_runs=1,
        tags=["thu thập", *tags],
        params=PARAMS,
        default_args=tasks.retrying(2, minutes=5, hours=2),
    ) as dag:
        # news go before the years past, which wait for the same slot
        @task(
            multiple_outputs=False,
            task_display_name="Tải và phân tích bài mới",
            pool=host_pool(portal_id),
            priority_weight=10,
            weight_rule="absolute",
        )
        def scrape(params: dict[str, object] | None = None) -> dict[str, object]:
            return tasks.scrape(portal_id, **(params or {}))

        @task(task_display_name="Báo có bài mới", outlets=[articles], retries=0)
        def announce(run: dict[str, object], *, outlet_events: dict[Asset, object] | None = None) -> None:
            tasks.announce(run, outlet_events[articles] if outlet_events else None)

        @task(multiple_outputs=False, task_display_name="Tổng hợp cảnh báo", **writer(), trigger_rule="all_done", retries=0)
        def digest(run_id: str | None = None, ti: object = None) -> dict[str, object]:
            return tasks.portal_digest(portal_id, str(run_id), dag_id, states_of(ti, dag_id, str(run_id)))

        announce(scrape()) >> digest().as_teardown()
    return dag


for portal in tasks.portals_to_schedule(read_settings()):
    globals()[f"scrape_{portal.id}"] = scraping_dag(portal.id, portal.name, portal.schedule, portal.tags)
