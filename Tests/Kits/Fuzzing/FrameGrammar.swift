import SwiftProtobuf
package import Tickets
package import Wire

import struct Foundation.Data

/// Makes frames to the broker that are written as they should be and mean anything.
package struct FrameGrammar {
    /// Claims that somebody was told of: commands about them get past the fence.
    package var claims: [(ticket: TicketNumber, token: Token)] = []
    package var lastTicket: UInt64 = 3

    package init() {}

    package func frame(_ random: inout FuzzRandom) -> ProtoToBroker {
        .with { frame in
            frame.version = random.oneIn(40) ? random.number32() : wireVersion
            switch random.below(24) {
            case 0, 1: frame.hello = hello(&random)
            case 2, 3: frame.ping = .with { $0.held = held(&random) }
            case 4: frame.seats = .with { $0.seats = random.number32() }
            case 5: if random.oneIn(4) { frame.goodbye = ProtoGoodbye() }
            case 6, 7: frame.query = query(&random)
            default:
                frame.commands = .with { commands in
                    commands.commands = (0...random.below(4)).map { _ in command(&random) }
                }
            }
        }
    }

    private func hello(_ random: inout FuzzRandom) -> ProtoHello {
        .with { hello in
            if random.oneIn(3) { hello.agent = random.name() }
            hello.software = random.text()
            guard !random.oneIn(3) else { return }
            hello.node = .with { node in
                node.name = random.pick(["berlin-1", "berlin-2", random.name()])
                node.incarnation = random.oneIn(3) ? random.number() : 1
                node.line = random.pick(["line-one", "line-two", random.name()])
                node.seats = random.oneIn(3) ? random.number32() : UInt32(random.below(6))
                node.shift = random.text()
                node.held = held(&random)
            }
        }
    }

    private func held(_ random: inout FuzzRandom) -> [ProtoHeld] {
        (0..<random.below(5)).map { _ in
            let claim = claim(&random)
            return .with { ($0.ticket, $0.token) = (claim.ticket.rawValue, claim.token.rawValue) }
        }
    }

    private func query(_ random: inout FuzzRandom) -> ProtoQuery {
        .with { query in
            (query.id, query.position) = (random.number(), random.number())
            switch random.below(6) {
            case 0: query.ticket = .with { $0.number = random.number() }
            case 1:
                query.tickets = .with {
                    ($0.line, $0.status, $0.place) = (random.name(), random.text(), random.text())
                    ($0.owner, $0.customer) = (random.name(), random.text())
                    ($0.after, $0.limit) = (random.number(), random.number32())
                }
            case 2: query.history = .with { ($0.number, $0.after) = (random.number(), random.number32()) }
            case 3: query.stats = .with { $0.nodes = random.oneIn(2) }
            case 4: query.nodes = ProtoNodesQuery()
            default: if random.oneIn(2) { query.figures = .with { $0.seconds = random.number32() } }
            }
        }
    }

    /// Most commands have an id of their own; some share one of a few, with the same content or with other.
    private func command(_ random: inout FuzzRandom) -> ProtoCommand {
        var id = random.bytes(16)
        if random.oneIn(6) { id = [UInt8](repeating: UInt8(random.below(4)), count: 16) }
        if random.oneIn(50) { id.removeLast(random.below(17)) }
        var command = ProtoCommand()
        command.id = Data(id)
        if !random.oneIn(60) { command.action = action(&random) }
        return command
    }

    private func claim(_ random: inout FuzzRandom) -> (ticket: TicketNumber, token: Token) {
        var claim = claims.isEmpty ? (TicketNumber(1), Token(1)) : random.pick(claims)
        switch random.below(8) {
        case 0: claim.1 = Token(random.number())
        case 1: claim.0 = TicketNumber(random.number())
        case 2: claim.0 = TicketNumber(1 + random.next() % max(1, lastTicket))
        case 3: claim.1 = Token(claim.1.rawValue &+ 1)
        default: break
        }
        return claim
    }

    private func action(_ random: inout FuzzRandom) -> ProtoCommand.OneOf_Action {
        let claim = claim(&random)
        let (ticket, token) = (claim.ticket.rawValue, claim.token.rawValue)
        let seen = random.oneIn(3) ? random.number32() : UInt32(1 + random.below(3))
        switch random.below(18) {
        case 0, 1, 2: return .submit(submission(&random))
        case 3: return .followUp(.with { ($0.ticket, $0.body) = (ticket, random.text()) })
        case 4: return .claim(.with { ($0.ticket, $0.leaseMs) = (ticket, random.number()) })
        case 5:
            return .note(
                .with {
                    ($0.ticket, $0.token, $0.text) = (ticket, random.oneIn(2) ? 0 : token, random.text())
                })
        case 6:
            return .reply(
                .with { ($0.ticket, $0.token, $0.seen, $0.text) = (ticket, token, seen, random.text()) })
        case 7:
            return .escalate(
                .with {
                    ($0.ticket, $0.token, $0.note) = (ticket, token, random.text())
                    if random.oneIn(2) { $0.toLine = random.name() }
                    if random.oneIn(4) { $0.budgetMs = random.number() }
                })
        case 8:
            return .handBack(.with { ($0.ticket, $0.token, $0.note) = (ticket, token, random.text()) })
        case 9, 10:
            return .resolve(
                .with {
                    ($0.ticket, $0.token, $0.seen) = (ticket, token, seen)
                    if random.oneIn(2) { $0.text = random.text() }
                })
        case 11:
            return .pend(
                .with {
                    ($0.ticket, $0.token, $0.onHold) = (ticket, token, random.oneIn(2))
                    $0.reason = random.text()
                    if random.oneIn(2) { $0.untilMs = Int64(bitPattern: random.number()) }
                })
        case 12:
            return .release(
                .with {
                    ($0.ticket, $0.token, $0.failed) = (ticket, token, random.oneIn(2))
                    $0.reason = random.text()
                })
        case 13:
            return .decline(.with { ($0.ticket, $0.token, $0.reason) = (ticket, token, random.text()) })
        case 14:
            return .takeOver(
                .with { ($0.ticket, $0.leaseMs, $0.reason) = (ticket, random.number(), random.text()) })
        case 15:
            return .merge(
                .with {
                    ($0.ticket, $0.into) = (ticket, 1 + random.next() % max(1, lastTicket))
                    if random.oneIn(2) { $0.token = token }
                })
        default: return .amend(amendment(ticket, token, &random))
        }
    }

    private func amendment(_ ticket: UInt64, _ token: UInt64, _ random: inout FuzzRandom) -> ProtoAmend {
        .with {
            $0.ticket = ticket
            if random.oneIn(2) { $0.token = token }
            $0.subject = ProtoAmendSubject(rawValue: random.below(14)) ?? .unspecified
            if random.oneIn(2) { $0.name = random.name() }
            if random.oneIn(2) { $0.text = random.text() }
            // A priority, or another ticket.
            if random.oneIn(2) { $0.number = 1 + random.next() % max(1, lastTicket) }
            $0.off = random.oneIn(3)
        }
    }

    private func submission(_ random: inout FuzzRandom) -> ProtoSubmit {
        .with { submit in
            // Most of them as they should be, or there would be nothing to work on.
            func text(_ usual: String) -> String { random.oneIn(6) ? random.text() : usual }
            (submit.channel, submit.customer) = (random.oneIn(6) ? random.name() : "web", text("ann"))
            (submit.subject, submit.body) = (text("Order"), text("Where is it?"))
            if random.oneIn(3) { submit.kind = random.text() }
            if random.oneIn(2) {
                submit.priority = ProtoPriority(rawValue: random.below(7) - 1) ?? .unspecified
            }
            submit.tags = (0..<random.below(random.oneIn(20) ? 70 : 3)).map { _ in text("vip") }
            submit.fields = (0..<random.below(3)).map { _ in
                .with { ($0.name, $0.value) = (random.text(), random.text()) }
            }
        }
    }
}
