import Client
import SwiftProtobuf
import Tickets
import Wire

/// Asks the broker for its figures, once an interval, through a ``BrokerSession``.
///
/// A value without socket or clock. At most one question of each kind is open, so a broker that is away is not
/// flooded when it comes back.
struct BrokerPoll {
    /// A question without an answer for this long: the broker does not answer, whatever its heartbeats say.
    static let answerMilliseconds: Int64 = 3_000
    /// After it was told to go away for good, for example as its key was revoked, it tries again so often.
    static let dismissedMilliseconds: Int64 = 5_000

    private enum Question {
        case stats
        case nodes
    }

    private let intervalMilliseconds: Int64
    private(set) var session: BrokerSession
    private var open: [UInt64: (question: Question, askedAt: Int64)] = [:]
    private var nextAt: Int64
    private var dismissedAt: Int64?
    /// Why the broker told this session to go; nil while it did not.
    private(set) var dismissal: Refusal?

    init(intervalMilliseconds: Int64, now: Int64) {
        self.intervalMilliseconds = intervalMilliseconds
        session = Self.makeSession(now: now)
        nextAt = now
    }

    private static func makeSession(now: Int64) -> BrokerSession {
        var settings = SessionSettings()
        settings.software = "switchboard coordinator"
        return BrokerSession(settings, now: now)
    }

    /// Whether the broker let us in and answers.
    func isUp(at now: Int64) -> Bool {
        session.isWelcomed && !open.values.contains { now - $0.askedAt > Self.answerMilliseconds }
    }

    /// Takes a frame of the broker; what it answers goes into the ledger.
    mutating func receive(_ frame: FrameFromBroker, into ledger: inout Ledger, at now: Int64) {
        var events: [SessionEvent] = []
        session.receive(frame, now: now, into: &events)
        for event in events {
            switch event {
            case .welcomed: dismissal = nil
            case .queryResult(let id, let result):
                guard let asked = open.removeValue(forKey: id), case .success(let answer) = result else {
                    continue
                }
                take(answer, asked.question, askedAt: asked.askedAt, into: &ledger, at: now)
            case .dismissed(let refusal):
                dismissal = refusal
                dismissedAt = now
            // It sends no commands and holds no claims.
            case .answered, .granted, .revoked: continue
            }
        }
    }

    private func take(
        _ answer: ProtoQueryResult, _ question: Question, askedAt: Int64, into ledger: inout Ledger,
        at now: Int64
    ) {
        switch (question, answer.result) {
        case (.stats, .stats(let stats)):
            ledger.take(stats, viewPosition: answer.position, askedAt: askedAt, at: now)
        case (.nodes, .nodes(let nodes)): ledger.take(nodes, at: now)
        default: break
        }
    }

    /// Asks when it is time. Call before ``nextFrame(at:)``.
    mutating func tick(at now: Int64) {
        if let dismissedAt, now - dismissedAt >= Self.dismissedMilliseconds {
            self.dismissedAt = nil
            session = Self.makeSession(now: now)
            open = [:]
        }
        guard now >= nextAt, session.isWelcomed else { return }
        nextAt = max(nextAt + intervalMilliseconds, now)
        let isOpen = open.values.map(\.question)
        if !isOpen.contains(.stats) {
            let id = session.ask(.stats(.with { $0.nodes = true }))
            open[id] = (.stats, now)
        }
        if !isOpen.contains(.nodes) {
            let id = session.ask(.nodes(ProtoNodesQuery()))
            open[id] = (.nodes, now)
        }
    }

    mutating func nextFrame(at now: Int64) -> FrameToBroker? { session.nextFrame(now: now) }
    mutating func unsent() { session.unsent() }
    mutating func leave() { session.leave() }
    mutating func connectionReplaced(at now: Int64) { session.connectionReplaced(now: now) }

    /// Milliseconds until there may be something to do; at least 0, at most a second.
    func timeoutMilliseconds(at now: Int64) -> Int {
        var due = [now + 1_000]
        if let deadline = session.nextDeadline { due.append(deadline) }
        if session.isWelcomed { due.append(nextAt) }
        return Int(max(0, (due.min() ?? now) - now))
    }
}
