import Client
import Foundation
import Keys
import Rig
import Synchronization
import Tickets
import ZeroMQ

/// A channel that submits tickets while the desk is being killed, and remembers what was acknowledged.
final class Submitter: Sendable {
    private struct State {
        var acknowledged: [Int: TicketNumber] = [:]
        var failure: String?
        var thread: DedicatedThread?
    }

    private let state = Mutex(State())
    private let endpoint: String
    private let key: KeyFile
    private let tickets: Int
    private let pauseMicroseconds: UInt32

    /// Spreads the tickets over the time that the kills take, about 0.35 s each.
    init(_ desk: TestDesk, tickets: Int, paceFor kills: Int) throws {
        endpoint = desk.brokerEndpoint
        key = try desk.keys.load("client")
        self.tickets = tickets
        let seconds = Double(kills) * 0.35
        pauseMicroseconds = UInt32(min(1e6, seconds * 1e6 / Double(tickets)))
    }

    func start() throws {
        let thread = try DedicatedThread(named: "rig.submit") { [self] in
            do {
                try submitAll()
            } catch {
                state.withLock { $0.failure = "\(error)" }
            }
        }
        state.withLock { $0.thread = thread }
    }

    /// Waits for the last acknowledgement.
    ///
    /// - Returns: The ticket's number for each submission, by its index.
    func finish() throws -> [Int: TicketNumber] {
        state.withLock { $0.thread }?.join()
        if let failure = state.withLock({ $0.failure }) { throw RigError("submitting failed: \(failure)") }
        return state.withLock { $0.acknowledged }
    }

    private func submitAll() throws {
        let connection = try Connection(endpoint: endpoint, key: key, patienceMilliseconds: 600_000)
        let commands = (0..<tickets).lazy.map { [pauseMicroseconds] index in
            usleep(pauseMicroseconds)
            return Command(
                id: CommandID(derivedFrom: "kill-\(index)"),
                action: .submit(
                    Submission(
                        channel: "web", customer: "c\(index % 400)@example.com", subject: "Request \(index)",
                        body: "Where is order \(index)?", kind: "track_order",
                        priority: Priority.allCases[index % 4])))
        }
        try connection.perform(commands, window: 32) { [self] index, result in
            switch result {
            case .success(let answer): state.withLock { $0.acknowledged[index] = answer.ticket }
            case .failure(let refusal): state.withLock { $0.failure = $0.failure ?? "\(index): \(refusal)" }
            }
        }
        connection.close()
    }
}
