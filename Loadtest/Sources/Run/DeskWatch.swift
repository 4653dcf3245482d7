import Client
import Keys
import Rig
import Scenarios
import Tickets
import Wire
import ZeroMQ

/// Asks the broker for its figures, over a connection of a person's: customers may not.
struct DeskWatch: ~Copyable {
    private var link: BrokerLink
    private var question: UInt64?
    private var events: [SessionEvent] = []

    init(endpoint: String, key: KeyFile) throws {
        guard let security = key.brokerSecurity() else {
            throw RigError("the key \(key.name) names no broker")
        }
        let link = try BrokerLink(
            endpoint: endpoint, security: security, settings: SessionSettings(),
            now: MonotonicTime.milliseconds)
        self.link = link
    }

    var pollItems: [PollItem] { link.pollItems }

    /// One question at a time.
    mutating func ask() {
        guard question == nil, link.session.isWelcomed else { return }
        question = link.session.ask(.stats(ProtoStatsQuery()))
    }

    /// - Returns: Whether ``pollItems`` are new ones.
    mutating func send() throws -> Bool {
        let now = MonotonicTime.milliseconds
        try link.send(now: now)
        return try link.renewConnection(now: now)
    }

    var timeoutMilliseconds: Int? { link.timeoutMilliseconds(now: MonotonicTime.milliseconds) }

    /// The figures, when they came.
    mutating func receive() throws -> ProtoStatsResult? {
        events.removeAll(keepingCapacity: true)
        try link.receive(now: MonotonicTime.milliseconds, into: &events)
        for event in events {
            switch event {
            case .queryResult(_, .success(let proto)):
                question = nil
                if case .stats(let figures) = proto.result { return figures }
            case .queryResult(_, .failure(let refusal)):
                question = nil
                guard refusal.code.isRetryable else { throw refusal }
            case .dismissed(let refusal): throw refusal
            case .welcomed, .answered, .granted, .revoked: continue
            }
        }
        return nil
    }
}
