import Desk
import Keys
import Logging
import ProtoBytes
import SwiftProtobuf
import Tickets
import Wire
import ZeroMQ

extension BrokerLoop {
    /// Beyond this many bytes a frame leaves before it takes another item; together with the largest item it is
    /// still below what a frame may have.
    private static var frameBytesEnough: Int { wireFrameBytesMax / 8 }

    /// Sends what a turn was to send, one frame a peer. The turn is on disk.
    mutating func send(_ outgoing: Outgoing) throws {
        for directive in outgoing.directives { try add(directive) }
        for (id, item) in outgoing.items {
            try add(to: id) { $0.item(item) }
        }
        for frame in frames.outbound where frame.itemCount > 0 { try send(frame) }
        frames.removeAll()
        for directive in outgoing.directives {
            if case .dismiss(let id, _) = directive { peers.forget(Peer(id)) }
        }
        meters.sent(outgoing)
    }

    /// Sends a grant whose conversation had to be read.
    mutating func send(_ grant: Grant, _ conversation: Conversation, to id: SessionID) throws {
        guard let holder = exchange.desk.holder(of: grant.ticket.number, under: grant.ticket.token) else {
            return
        }
        try add(to: id) { $0.item(grant, conversation, holder) }
        for frame in frames.outbound where frame.itemCount > 0 { try send(frame) }
        frames.removeAll()
    }

    private mutating func add(_ directive: Directive) throws {
        switch directive {
        case .answer(let id, let command, let answer):
            try add(to: id) { $0.item(answer, of: command) }
        case .grant(let id, let grant):
            try add(grant, to: id)
        case .refuse(let id, let command, let refusal):
            if refusal.code == .notAuthorised {
                audit?.record(.commandRefused, who: peers.credential(of: Peer(id)) ?? "", refusal.reason)
            }
            try add(.refusal(refusal, of: command), to: id)
        case .welcome(let id, let welcome):
            try add(.welcome(welcome, incarnation: incarnation), to: id)
        case .revoke(let id, let number, let token, let reason, let isMissed):
            try add(.revoked(number, token, reason, isMissed: isMissed), to: id)
        case .pong(let id):
            try add(to: id) { $0.pongItem() }
        case .unknownSession(let id):
            try add(.refusal(Refusal(.unknownSession, "say hello first")), to: id)
        case .dismiss(let id, let refusal):
            audit?.record(
                .sessionRefused, who: peers.credential(of: Peer(id)) ?? "",
                "\(refusal.code.word): \(refusal.reason)")
            try add(.refusal(refusal), to: id)
        }
    }

    private mutating func add(_ grant: Grant, to id: SessionID) throws {
        // Over already, before it could be sent: there is nothing to work on.
        guard let holder = exchange.desk.holder(of: grant.ticket.number, under: grant.ticket.token) else {
            return
        }
        guard let conversation = texts[grant.ticket.number] else {
            meters.grantsReadBack += 1
            librarian.postAlways(.conversation(id, grant))
            return
        }
        try add(to: id) { $0.item(grant, conversation, holder) }
    }

    private mutating func add(_ item: ProtoItem, to id: SessionID) throws {
        try add(to: id) { $0.item(item) }
    }

    private mutating func add(to id: SessionID, _ write: (inout ProtoWriter) -> Void) throws {
        let frame = frames.frame(for: id)
        write(&frame.writer)
        frame.itemCount += 1
        if frame.writer.count > Self.frameBytesEnough {
            try send(frame)
            frame.restart()
        }
    }

    private mutating func send(_ frame: FrameSet.Outbound) throws {
        meters.framesSent += 1
        let id = frame.session
        let outcome = try frame.writer.withBytes { bytes throws(ZeroMQError) in
            peers.traffic(of: Peer(id))?.say(bytes.count)
            return try socket.send(bytes, to: Peer(id))
        }
        switch outcome {
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
}

extension Peer {
    init(_ id: SessionID) {
        self.init(rawValue: UInt32(truncatingIfNeeded: id.rawValue))
    }
}
