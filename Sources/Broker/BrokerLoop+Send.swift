import Desk
import Logging
import Storage
import SwiftProtobuf
import Tickets
import Wire
import ZeroMQ

extension BrokerLoop {
    /// Sends what a turn was to send, one frame a peer. The turn is on disk.
    mutating func send(_ outgoing: Outgoing) throws {
        var frames = FrameSet()
        for directive in outgoing.directives {
            guard let (id, item) = item(for: directive) else { continue }
            frames.add(item, for: id)
            if case .dismiss = directive { peers.forget(Peer(id)) }
        }
        for (id, item) in outgoing.items { frames.add(item, for: id) }
        for index in frames.sessions.indices {
            try send(frames.items[index], to: frames.sessions[index])
        }
        meters.sent(outgoing)
    }

    /// Sends a grant whose conversation had to be read.
    mutating func send(_ grant: Grant, _ conversation: Conversation, to id: SessionID) throws {
        guard let claim = exchange.desk.claims[grant.ticket.number], claim.token == grant.ticket.token else {
            return
        }
        try send([ProtoItem(grant, conversation, claim.holder)], to: id)
    }

    /// Splits what does not fit into one frame.
    private mutating func send(_ items: [ProtoItem], to id: SessionID) throws {
        let frame = ProtoFromBroker.with { ($0.version, $0.items) = (wireVersion, items) }
        let bytes = frame.encoded()
        if bytes.count > wireFrameBytesMax, items.count > 1 {
            let half = items.count / 2
            try send(Array(items[..<half]), to: id)
            return try send(Array(items[half...]), to: id)
        }
        meters.framesSent += 1
        switch try socket.send(bytes, to: Peer(id)) {
        case .sent: break
        case .unroutable:
            lose(id)
        case .full:
            logger.warning(
                "a peer reads too slowly and is given up; its leases go on", metadata: ["session": "\(id)"])
            lose(id)
        }
    }

    private mutating func lose(_ id: SessionID) {
        peers.forget(Peer(id))
        exchange.handle(.lost(id), at: clock.now, into: &gathering.turn)
    }

    private func item(for directive: Directive) -> (SessionID, ProtoItem)? {
        switch directive {
        case .welcome(let id, let welcome):
            return (id, .with { $0.welcome = ProtoWelcome(welcome, incarnation: incarnation) })
        case .answer(let id, let command, let answer):
            return (id, .with { $0.answer = ProtoAnswer(answer, command: command) })
        case .refuse(let id, let command, let refusal):
            return (id, .with { $0.error = ProtoError(refusal, command: command) })
        case .grant(let id, let grant):
            // Over already, before it could be sent: there is nothing to work on.
            guard let claim = exchange.desk.claims[grant.ticket.number], claim.token == grant.ticket.token
            else { return nil }
            guard let conversation = texts[grant.ticket.number] else {
                librarian.postAlways(.conversation(id, grant))
                return nil
            }
            return (id, ProtoItem(grant, conversation, claim.holder))
        case .revoke(let id, let number, let token, let reason):
            return (
                id,
                .with {
                    $0.revoked = .with {
                        ($0.ticket, $0.token, $0.reason) = (number.rawValue, token.rawValue, reason)
                    }
                }
            )
        case .pong(let id):
            return (id, .with { $0.pong = ProtoPong() })
        case .unknownSession(let id):
            return (id, .with { $0.error = ProtoError(Refusal(.unknownSession, "say hello first")) })
        case .dismiss(let id, let refusal):
            return (id, .with { $0.error = ProtoError(refusal) })
        }
    }
}

/// The items of one turn by session, sessions in order of their first item.
private struct FrameSet {
    private(set) var sessions: [SessionID] = []
    private(set) var items: [[ProtoItem]] = []
    private var indices: [SessionID: Int] = [:]

    mutating func add(_ item: ProtoItem, for id: SessionID) {
        if let index = indices[id] { return items[index].append(item) }
        indices[id] = sessions.count
        sessions.append(id)
        items.append([item])
    }
}

extension Peer {
    init(_ id: SessionID) {
        self.init(rawValue: UInt32(truncatingIfNeeded: id.rawValue))
    }
}

extension ProtoItem {
    init(_ grant: Grant, _ conversation: Conversation, _ holder: Holder) {
        self.init()
        self.grant = .with {
            $0.ticket = ProtoTicket(grant.ticket, conversation, holder: holder)
            $0.token = grant.ticket.token.rawValue
            $0.leaseMs = UInt32(clamping: grant.leaseMilliseconds)
            $0.entries = ProtoEntry.fitting(conversation.entries)
        }
    }
}

extension ProtoWelcome {
    init(_ welcome: Welcome, incarnation: UInt64) {
        self.init()
        self.incarnation = incarnation
        heartbeatMs = UInt32(clamping: welcome.heartbeatMilliseconds)
        leaseMs = UInt32(clamping: welcome.leaseMilliseconds)
        frameBytesMax = UInt32(clamping: wireFrameBytesMax)
        textBytesMax = UInt32(clamping: welcome.textBytesMax)
    }
}
