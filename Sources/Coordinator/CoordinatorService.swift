package import Logging
import ServiceLifecycle
import ZeroMQ

/// Collects what nodes and the broker report, compares the two, and answers for the desk's figures.
///
/// One thread owns both sockets: a ROUTER that takes metrics and questions, and a DEALER that asks the broker
/// once a second. Nothing waits for the coordinator: those who push do not block, and a broker that is away
/// only makes the figures older.
package final class CoordinatorService: Service {
    private let configuration: CoordinatorConfiguration
    private let logger: Logger
    private let ready: @Sendable (String) -> Void
    private let state = CoordinatorState()

    /// `ready` is called once, on the socket's thread, with the endpoint as it came out.
    package init(
        _ configuration: CoordinatorConfiguration, logger: Logger,
        ready: @escaping @Sendable (_ endpoint: String) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        self.ready = ready
    }

    /// Runs until shut down or cancelled.
    ///
    /// - Throws: ``CoordinatorError``, or a `ZeroMQError` when a socket cannot be made or used.
    package func run() async throws {
        let stop = try WakeUp()
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await withDedicatedThread(named: "sb.coordinator") {
                    [configuration, logger, ready, state] in
                    let zap = try CoordinatorLoop.startZap(configuration, logger)
                    defer { zap?.stop() }
                    let sockets = try CoordinatorSockets.open(configuration)
                    var loop = CoordinatorLoop(
                        sockets, configuration, state, zap: zap, stop: stop, logger: logger)
                    ready(loop.endpoint)
                    try loop.run()
                }
            } onGracefulShutdown: {
                stop.ring()
            }
        } onCancel: {
            stop.ring()
        }
    }

    /// A copy of everything that is known now. Any thread.
    package var ledger: Ledger { state.copy }

    /// What `/metrics` answers. Any thread.
    package func metricsText() -> String {
        state.copy.prometheusText(at: CoordinatorClock.milliseconds)
    }

    /// What `switchboard stats --json` prints. Any thread.
    package func figuresJSON(seconds: UInt32 = 60) -> String {
        FiguresReport.json(
            state.copy, seconds: seconds, at: CoordinatorClock.milliseconds,
            wallMilliseconds: CoordinatorClock.wallMilliseconds)
    }

    /// What `/health` answers. Any thread.
    package func health() -> CoordinatorHealth {
        CoordinatorHealth(state.copy, at: CoordinatorClock.milliseconds)
    }
}
