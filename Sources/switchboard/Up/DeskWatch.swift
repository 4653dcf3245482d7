import Client
import Glibc
import Keys
import SwiftProtobuf
import Synchronization
import Tickets
import Wire
import ZeroMQ

/// Reads the desk's figures from the broker again and again, through all that may happen to it.
final class DeskWatch: Sendable {
    struct Reading: Sendable {
        var stats: ProtoStatsResult
        /// When the question was asked.
        var askedAt: Int64
    }

    private struct State {
        var reading: Reading?
        var isStopping = false
    }

    private let endpoint: String
    private let key: KeyFile
    private let state = Mutex(State())

    init(endpoint: String, key: KeyFile) {
        self.endpoint = endpoint
        self.key = key
    }

    /// The last one; nil before the first.
    var reading: Reading? { state.withLock { $0.reading } }

    func stop() { state.withLock { $0.isStopping = true } }

    /// Reads until ``stop()``, on a thread of its own because a ``Connection`` sleeps in its calls.
    func run() async throws {
        try await withDedicatedThread(named: "sb.watch") { [self] in
            while !isStopping {
                do throws(ClientError) {
                    try read()
                } catch {
                    // The broker is away, or comes back in a moment; whoever waits for a reading has a deadline.
                    usleep(200_000)
                }
            }
        }
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    private func read() throws(ClientError) {
        let connection = try Connection(endpoint: endpoint, key: key, patienceMilliseconds: 1_500)
        defer { connection.close() }
        while !isStopping {
            let asked = MonotonicTime.milliseconds
            if case .stats(let stats) = try connection.query(.stats(ProtoStatsQuery())).result {
                state.withLock { $0.reading = Reading(stats: stats, askedAt: asked) }
            }
            usleep(200_000)
        }
    }
}
