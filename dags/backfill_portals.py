"""Years past of one portal, for `airflow backfill create`: one run a calendar year. Wiring only: see muctieu/tasks.py.

A run reads the days of its year (its data interval), cut to `since` and `until` of the conf. `muctieu backfill --airflow` asks for them;
by hand: `airflow backfill create --dag-id backfill_<portal> --from-date 2015-01-01 --to-date 2024-01-01 --run-backwards
--max-active-runs 1 --reprocess-behavior failed`. A year that was read to its end is passed over, so the same command goes on where a
killed one was. The slot of the portal's pool is shared with its scraping DAG, which goes first: the portal sees one visitor. The DAG has
a schedule since Airflow backfills no other; a run that this makes by itself does nothing.
"""

from __future__ import annotations

from airflow.sdk import DAG, Asset, CronDataIntervalTimetable, Param, task
from airflow.sdk.exceptions import AirflowSkipException

from muctieu import tasks
from muctieu.airflow_home import host_pool
from muctieu.settings import read_settings

articles = Asset("muctieu_articles", uri="muctieu://lake/articles")

PARAMS = {
    "since": Param(None, type=["null", "string"], format="date", title="Từ ngày", description="Không đọc bài trước ngày này"),
    "until": Param(None, type=["null", "string"], format="date", title="Đến ngày", description="Không đọc bài sau ngày này"),
    "again": Param(False, type="boolean", title="Đọc lại", description="Đọc lại cả những năm đã đọc hết"),
}


def backfill_dag(portal_id: str, name: str, tags: list[str]) -> DAG:
    """The DAG of one portal's past."""
    with DAG(
        dag_id=f"backfill_{portal_id}",
        dag_display_name=f"Đọc các năm trước: {name}",
        description=f"Thu thập bài cũ của {name}, mỗi lượt một năm",
        doc_md=__doc__,
        schedule=CronDataIntervalTimetable("0 0 1 1 *", timezone="Asia/Ho_Chi_Minh"),
        start_date=tasks.before_all_portals(),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,  # a paused DAG keeps the runs of its backfills waiting
        tags=["đọc các năm trước", *tags],
        params=PARAMS,
        default_args=tasks.retrying(3, minutes=30, hours=24),
    ) as dag:

        @task(
            multiple_outputs=False,
            task_display_name="Đọc một năm",
            pool=host_pool(portal_id),
            priority_weight=1,
            weight_rule="absolute",  # below the scraping DAG of the same portal
            outlets=[articles],
        )
        def read_year(
            params: dict[str, object] | None = None,
            dag_run: object = None,
            data_interval_start: object = None,
            data_interval_end: object = None,
            outlet_events: dict[Asset, object] | None = None,
        ) -> dict[str, object]:
            run_type = str(getattr(dag_run, "run_type", ""))
            if run_type == "scheduled":
                raise AirflowSkipException("lượt theo lịch không làm gì; các năm trước chỉ được đọc khi có người yêu cầu")
            interval = (data_interval_start, data_interval_end) if run_type == "backfill" else None
            run = tasks.backfill(portal_id, **(params or {}), interval=interval)
            if run is None:
                raise AirflowSkipException("những ngày này đã được đọc hết; conf {'again': true} để đọc lại")
            tasks.announce(run, outlet_events[articles] if outlet_events else None)
            return run

        read_year()
    return dag


for portal in tasks.portals_to_backfill(read_settings()):
    globals()[f"backfill_{portal.id}"] = backfill_dag(portal.id, portal.name, portal.tags)
