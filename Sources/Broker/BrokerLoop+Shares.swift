import Desk
import Keys
import Tickets
import Wire
import ZeroMQ

/// What becomes of those who ask for more than their share.
extension BrokerLoop {
    /// Remembers who said hello, and now and then forgets those who left without a word.
    mutating func remember(_ peer: Peer, _ credential: String, _ descriptor: CInt?) {
        if peers.count > 2 * exchange.sessionCount + 1_024 {
            peers.sweep { exchange.author(of: SessionID($0)) != nil }
        }
        let traffic = peers.remember(peer, credential, at: clock.now)
        if let descriptor { connections.watch(descriptor, traffic, of: credential) }
    }

    /// Takes a cost of somebody who has no session. Beyond their share they are not even answered: the answers would
    /// cost more than the frames.
    mutating func isWithinShare(_ credential: String, _ cost: Int) -> Bool {
        guard case .slowDown = peers.charge(credential, cost: cost, at: clock.now) else { return true }
        noteSlow(credential)
        return false
    }

    mutating func sayHelloFirst(_ id: SessionID, _ credential: String) {
        if isWithinShare(credential, 1) { refuse(Refusal(.unknownSession, "say hello first"), id) }
    }

    /// Tells the sender of commands when to send them again; none of them was done.
    mutating func slowDown(
        _ commands: [CommandID], _ id: SessionID, _ credential: String, _ milliseconds: Int64
    ) {
        noteSlow(credential)
        let refusal = Self.refusal(milliseconds)
        guard commands.count <= bounds.commandsPerFrame else { return refuse(refusal, id) }
        for command in commands { gathering.items.append((id, .refusal(refusal, of: command))) }
    }

    /// The same for other frames. A ping or a change of seats is dropped: there will be another.
    mutating func slowDown(
        _ envelope: ProtoToBroker, _ id: SessionID, _ credential: String, _ milliseconds: Int64
    ) {
        switch envelope.body {
        case .commands(let commands):
            slowDown(commands.commands.compactMap { CommandID($0.id) }, id, credential, milliseconds)
        case .query(let query):
            noteSlow(credential)
            refuse(Self.refusal(milliseconds), id, query: query.id)
        case .hello, .ping, .seats, .goodbye, nil: noteSlow(credential)
        }
    }

    private mutating func noteSlow(_ credential: String) {
        meters.framesBeyondShare += 1
        audit?.record(.slowedDown, who: credential, "more than the share of a key")
    }

    private static func refusal(_ milliseconds: Int64) -> Refusal {
        Refusal(
            .slowDown, "this key asks for more than its share; send it again later",
            retryAfterMilliseconds: milliseconds)
    }
}

extension ProtoToBroker {
    /// What it costs to carry it out, besides reading it.
    var cost: Int {
        switch body {
        case .commands(let commands): commands.commands.count
        // Answered from the view, some of them with a thousand tickets.
        case .query: 25
        case .ping(let ping): ping.held.count >> 4
        case .hello, .seats, .goodbye, nil: 0
        }
    }
}
