import Broker
import Desk
import SwiftProtobuf
import Tickets
import Wire

extension SimulatedBroker {
    /// Takes frames until there are none, or a turn's worth.
    mutating func receive(
        at time: Int64, _ connections: inout [Connection], _ keys: [Author], _ witness: inout Witness
    ) {
        if isDraining { return }
        let now = now(at: time)
        var count = 0
        while inboxStart < inbox.count, count < bounds.frames, gathering.turn.records.count < bounds.records {
            let (connection, bytes) = inbox[inboxStart]
            inboxStart += 1
            connections[connection].unreadByBroker -= 1
            count += 1
            let frame = bytes.withUnsafeBytes { FrameToBroker.decode($0) }
            let decided = gathering.turn.records.count
            take(frame, on: connection, &connections, keys[connections[connection].peer], now, &witness)
            if !witness.gone.isEmpty { witness.seeDecided(gathering.turn.records[decided...], exchange) }
        }
        guard inboxIsEmpty else { return }
        inbox.removeAll(keepingCapacity: true)
        inboxStart = 0
    }

    private mutating func take(
        _ frame: Result<FrameToBroker, Refusal>, on connection: Int, _ connections: inout [Connection],
        _ key: Author, _ now: Moment, _ witness: inout Witness
    ) {
        let id = SessionID(UInt64(connection))
        switch frame {
        case .failure(let refusal):
            witness.findings.expect(.i6, false, "a frame of a peer could not be read: \(refusal)")
        case .success(.other(let envelope)):
            if case .hello(let hello) = envelope.body {
                connections[connection].isGreeted = true
                return greet(hello, id, key, now, &witness)
            }
            guard connections[connection].isGreeted else { return sayHelloFirst(id) }
            take(envelope, id, now, &witness)
        case .success(.commands(let commands)):
            guard connections[connection].isGreeted else { return sayHelloFirst(id) }
            let decided = gathering.turn.directives.count
            exchange.handle(.commands(id, commands), at: now, into: &gathering.turn)
            witness.seeDeciding(commands, gathering.turn.directives[decided...])
        }
    }

    private mutating func take(_ proto: ProtoCommand, _ id: SessionID, _ now: Moment) {
        do {
            exchange.handle(.command(id, try Command(proto)), at: now, into: &gathering.turn)
        } catch {
            var answer = ProtoError(error)
            answer.commandID = proto.id
            gathering.items.append((id, .with { $0.error = answer }))
        }
    }

    private mutating func sayHelloFirst(_ id: SessionID) {
        gathering.items.append((id, .refusal(Refusal(.unknownSession, "say hello first"))))
    }

    private mutating func greet(
        _ proto: ProtoHello, _ id: SessionID, _ key: Author, _ now: Moment, _ witness: inout Witness
    ) {
        do {
            let author = Author(role: key.role, key: key.key, agent: Name(proto.agent))
            let hello = proto.hasNode ? try Hello(proto.node) : nil
            exchange.handle(.hello(id, author, hello), at: now, into: &gathering.turn)
            // Also those that it did not name: the broker grants them again, and their time begins anew.
            if let hello {
                witness.seeHello(hello, now, exchange)
                witness.seeBack(exchange.presence(of: id)?.name)
            }
        } catch {
            witness.findings.expect(.i6, false, "a hello could not be read: \(error)")
        }
    }

    private mutating func take(
        _ envelope: ProtoToBroker, _ id: SessionID, _ now: Moment, _ witness: inout Witness
    ) {
        switch envelope.body {
        case .ping(let ping):
            let held = ping.held.map { Held($0) }
            let decided = gathering.turn.directives.count
            exchange.handle(.ping(id, held), at: now, into: &gathering.turn)
            // The ping of a session that was given up meanwhile renews nothing; a hello will.
            if case .unknownSession? = gathering.turn.directives[decided...].first { return }
            witness.seeRenewal(held, now, exchange)
        case .seats(let seats):
            exchange.handle(.seats(id, Int(seats.seats)), at: now, into: &gathering.turn)
            if let node = exchange.presence(of: id) { witness.seeReturn(of: node.name, exchange) }
        case .goodbye:
            witness.seeGoodbye(of: exchange.presence(of: id)?.name)
            exchange.handle(.goodbye(id), at: now, into: &gathering.turn)
        case .commands(let commands):
            // Written in a way that only the generated code reads, such as an empty text.
            for proto in commands.commands { take(proto, id, now) }
        case .hello, .query, nil:
            witness.findings.expect(.i6, false, "a frame that no peer of a run sends")
        }
    }
}
