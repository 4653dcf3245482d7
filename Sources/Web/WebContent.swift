/// What the web server shows, asked for anew at each request. The closures are called on any thread.
package struct WebContent: Sendable {
    /// Prometheus's text format.
    package var metrics: @Sendable () -> String
    package var health: @Sendable () -> Health

    /// Whether all is well, and the details.
    package struct Health: Sendable {
        /// False makes the status 503.
        package var isHealthy: Bool
        /// One JSON object.
        package var json: String

        package init(isHealthy: Bool, json: String) {
            self.isHealthy = isHealthy
            self.json = json
        }
    }

    package init(metrics: @escaping @Sendable () -> String, health: @escaping @Sendable () -> Health) {
        self.metrics = metrics
        self.health = health
    }
}
