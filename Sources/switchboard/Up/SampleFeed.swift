import Client
import Foundation
import Glibc
import Keys
import Synchronization
import Tickets
import ZeroMQ

/// Brings the shipped requests in, once: each has an id, so that another pass, after a broken connection or in
/// another `up`, changes nothing.
final class SampleFeed: Sendable {
    private struct State {
        var outcome: Batch.Outcome?
        var isStopping = false
    }

    private let endpoint: String
    private let key: KeyFile
    private let path: String?
    private let state = Mutex(State())

    /// A path of nil: nothing is to be fed.
    init(endpoint: String, key: KeyFile, path: String?) {
        self.endpoint = endpoint
        self.key = key
        self.path = path
    }

    /// What became of the requests; nil while it is not known.
    var outcome: Batch.Outcome? { state.withLock { $0.outcome } }

    /// Whether there is nothing left to bring in.
    var isDone: Bool { path == nil || outcome != nil }

    func stop() { state.withLock { $0.isStopping = true } }

    /// Feeds until all of it has its answer, on a thread of its own because a ``Connection`` sleeps in its calls.
    func run() async throws {
        guard let path else { return }
        try await withDedicatedThread(named: "sb.feed") { [self] in
            while !isStopping {
                do {
                    let outcome = try feed(path)
                    if !isStopping { state.withLock { $0.outcome = outcome } }
                    return
                } catch is ClientError {
                    // The broker is away, or comes back in a moment: then all of it goes out again.
                    usleep(200_000)
                }
            }
        }
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    private func feed(_ path: String) throws -> Batch.Outcome {
        let connection = try Connection(endpoint: endpoint, key: key, patienceMilliseconds: 3_000)
        defer { connection.close() }
        var batch = Batch()
        try batch.send(jsonLines: path, through: connection, while: { [self] in !isStopping })
        return batch.outcome
    }

    /// The shipped file: beside this executable's checkout, or below the current folder.
    static func find() -> String? {
        let relative = "Cluster/sample/requests.jsonl"
        let home = ProcessInfo.processInfo.environment["SWITCHBOARD_HOME"]
        var folders = [home, FileManager.default.currentDirectoryPath].compactMap { $0 }
        var folder = (UpCommand.executablePath as NSString).deletingLastPathComponent
        while folder.count > 1 {
            folders.append(folder)
            folder = (folder as NSString).deletingLastPathComponent
        }
        return folders.map { "\($0)/\(relative)" }.first { FileManager.default.isReadableFile(atPath: $0) }
    }
}
