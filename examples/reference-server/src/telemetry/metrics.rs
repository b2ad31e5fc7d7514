//! Figures for Prometheus.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use metrics::{counter, histogram};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use scim_service::{
    Change, Context, Features, Guard, New, Page, Query, Store, StoreError, Stored, Updated, Write,
    Written, schema::Projection,
};
use scim_store::SqliteStore;

const REQUESTS: &str = "scim_requests_total";
const LATENCY: &str = "scim_request_duration_seconds";
const LIMITED: &str = "scim_rate_limited_total";
const STORE: &str = "scim_store_duration_seconds";

/// Upper ends of the histograms' buckets, in seconds.
const BUCKETS: [f64; 11] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];

/// How often samples are folded into the histograms.
const UPKEEP: Duration = Duration::from_secs(5);

/// All that is counted.
#[derive(Clone)]
pub(crate) struct Figures(PrometheusHandle);

impl Figures {
    /// Starts to count, in this process alone.
    pub(crate) fn install() -> Result<Self, BuildError> {
        let handle = PrometheusBuilder::new().set_buckets(&BUCKETS)?.install_recorder()?;
        metrics::describe_counter!(REQUESTS, "Requests by method, route and status.");
        metrics::describe_histogram!(LATENCY, "Seconds from a request's head to its answer.");
        metrics::describe_counter!(LIMITED, "Requests refused for their number.");
        metrics::describe_histogram!(STORE, "Seconds that the store took, by operation.");
        let figures = Self(handle);
        tokio::spawn(figures.clone().upkeep());
        Ok(figures)
    }

    /// All figures, as Prometheus reads them.
    pub(crate) fn render(&self) -> String {
        self.0.render()
    }

    async fn upkeep(self) {
        let mut ticks = tokio::time::interval(UPKEEP);
        loop {
            ticks.tick().await;
            self.0.run_upkeep();
        }
    }
}

/// A request was answered.
pub(crate) fn answered(method: &'static str, route: &'static str, status: u16, took: Duration) {
    counter!(REQUESTS, "method" => method, "route" => route, "status" => status.to_string())
        .increment(1);
    histogram!(LATENCY, "method" => method, "route" => route).record(took);
}

/// A request was refused because there were too many.
pub(crate) fn limited() {
    counter!(LIMITED).increment(1);
}

/// The store, with its operations timed.
#[derive(Clone)]
pub(crate) struct Metered(pub(crate) Arc<SqliteStore>);

async fn timed<T>(operation: &'static str, work: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let outcome = work.await;
    histogram!(STORE, "operation" => operation).record(begun.elapsed());
    outcome
}

impl Store for Metered {
    async fn get(
        &self,
        cx: &Context,
        id: &str,
        want: &Projection,
    ) -> Result<Option<Stored>, StoreError> {
        timed("get", self.0.get(cx, id, want)).await
    }

    async fn query(&self, cx: &Context, query: &Query) -> Result<Page, StoreError> {
        timed("query", self.0.query(cx, query)).await
    }

    async fn create(&self, cx: &Context, new: New) -> Result<Stored, StoreError> {
        timed("create", self.0.create(cx, new)).await
    }

    async fn update(
        &self,
        cx: &Context,
        id: &str,
        change: &Change,
    ) -> Result<Option<Updated>, StoreError> {
        timed("update", self.0.update(cx, id, change)).await
    }

    async fn delete(&self, cx: &Context, id: &str, guard: &Guard) -> Result<bool, StoreError> {
        timed("delete", self.0.delete(cx, id, guard)).await
    }

    async fn batch(
        &self,
        writes: Vec<Write>,
        max_errors: Option<usize>,
    ) -> Vec<Result<Written, StoreError>> {
        timed("batch", self.0.batch(writes, max_errors)).await
    }

    async fn secret(
        &self,
        cx: &Context,
        id: &str,
        attribute: &str,
    ) -> Result<Option<String>, StoreError> {
        timed("secret", self.0.secret(cx, id, attribute)).await
    }

    fn features(&self) -> Features {
        self.0.features()
    }
}
