import ArgumentParser
import Client
import Foundation
import Keys
import SwiftProtobuf
import Tickets
import Wire

/// What commands that change a ticket have in common.
struct CommandOptions: ParsableArguments {
    @Option(help: "The command's id, 32 hexadecimal digits, to repeat one whose answer was lost.")
    var id: String?

    @OptionGroup var people: PeopleOptions

    func validate() throws {
        if let id, CommandID(hexadecimal: id) == nil {
            throw ValidationError("--id is 32 hexadecimal digits")
        }
    }

    /// What becomes of this person's claim.
    enum Claim {
        case stays, begins, ends
    }

    private struct Report: Encodable {
        var ok = true
        var ticket: UInt64
        var token: UInt64
        var position: UInt64
    }

    /// Carries commands out, one after the other, and says so; --id is the first one's, and the others' follow from it.
    ///
    /// - Parameters:
    ///   - ticket: What it is about.
    ///   - done: What was done, for people.
    ///   - claim: What becomes of their claim.
    ///   - forgets: Whether a stale token is the remembered one, and so not worth remembering any longer.
    ///   - actions: Makes the commands, with the desk as it is connected.
    /// - Throws: Why it was not done.
    func perform(
        _ ticket: TicketNumber, _ done: String, _ claim: Claim = .stays, forgets: Bool = false,
        _ actions: (PeopleOptions.Desk) throws -> [Action]
    ) throws {
        let desk = try people.connect()
        let memory = ClaimMemory(desk)
        var answer = Answer(ticket: ticket, token: Token(0), position: .start)
        do {
            let first = id.flatMap { CommandID(hexadecimal: $0) } ?? .random()
            for (index, action) in try actions(desk).enumerated() {
                let id = CommandID(high: first.high, low: first.low &+ UInt64(index))
                answer = try desk.connection.perform(action, id: id)
            }
        } catch ClientError.refused(let refusal) {
            if forgets, refusal.code == .staleToken { memory.forget(ticket) }
            throw refusal
        }
        desk.connection.close()
        switch claim {
        case .stays: break
        case .begins: memory.save(ClaimMemory.Known(token: answer.token.rawValue), ticket)
        case .ends: memory.save(ClaimMemory.Known(ended: done, position: answer.position.rawValue), ticket)
        }
        if people.json {
            try Terminal.say(
                json: Report(
                    ticket: answer.ticket.rawValue, token: answer.token.rawValue,
                    position: answer.position.rawValue))
        } else {
            let other = answer.ticket == ticket ? "" : " See ticket \(answer.ticket)."
            Terminal.say("Ticket \(ticket): \(done).\(other)")
        }
    }
}

/// What commands that change a ticket under a claim have in common.
struct DeedOptions: ParsableArguments {
    @Option(help: "The claim's token. (default: that of your last `claim` or `show`, where one is needed)")
    var token: UInt64?

    @OptionGroup var command: CommandOptions

    /// The token that was given; without one, some things are done without a claim.
    var givenToken: Token? { token.map { Token($0) } }

    func claimToken(_ desk: PeopleOptions.Desk, _ ticket: TicketNumber) throws -> Token {
        if let givenToken { return givenToken }
        let known = ClaimMemory(desk).load(ticket)
        if let token = known.token { return Token(token) }
        let found = try desk.read(ticket, atLeast: Position(known.position ?? 0)).ticket
        throw Failure(.refused, desk.lack(of: found, lastDeed: known.ended))
    }

    /// The token of one's claim, if one has one; others may do some things without.
    func tokenIfKnown(_ desk: PeopleOptions.Desk, _ ticket: TicketNumber) -> Token? {
        givenToken ?? ClaimMemory(desk).load(ticket).token.map { Token($0) }
    }

    func seen(_ given: UInt32?, _ desk: PeopleOptions.Desk, _ ticket: TicketNumber) throws -> UInt32 {
        if let given { return given }
        if let seen = ClaimMemory(desk).load(ticket).seen { return seen }
        throw Failure(
            .refused,
            "it is not known what you have read of ticket \(ticket): run `switchboard ticket show \(ticket)` first, or give --seen"
        )
    }

    /// Carries a command out and says so; see ``CommandOptions/perform(_:_:_:forgets:_:)``.
    func perform(
        _ ticket: TicketNumber, _ done: String, _ claim: CommandOptions.Claim = .stays,
        _ action: (PeopleOptions.Desk) throws -> Action
    ) throws {
        try perform(ticket, done, claim) { [try action($0)] }
    }

    /// The same with several commands.
    func perform(
        _ ticket: TicketNumber, _ done: String, _ claim: CommandOptions.Claim = .stays,
        _ actions: (PeopleOptions.Desk) throws -> [Action]
    ) throws {
        // What was remembered is as good as it was, whatever somebody gives instead.
        try command.perform(ticket, done, claim, forgets: token == nil, actions)
    }
}

extension PeopleOptions.Desk {
    /// Why somebody cannot work a ticket of which no claim of theirs is known: who has it, or where it is.
    fileprivate func lack(of ticket: ProtoTicket, lastDeed: String?) -> String {
        let number = ticket.number
        let claim = "run `switchboard ticket claim \(number)` first, or give --token"
        let (state, advice) =
            switch ticket.place {
            case Place.claimed.word where holds(ticket):
                ("it is yours", "run `switchboard ticket show \(number)` first, or give --token")
            case Place.claimed.word:
                (
                    "\(ticket.holderAgent.isEmpty ? ticket.holderNode : ticket.holderAgent) has it",
                    "only who holds it can do this"
                )
            case Place.waiting.word where !ticket.frames.isEmpty:
                ("it was escalated to \(ticket.line), where it waits", claim)
            case Place.waiting.word: ("it waits in \(ticket.line)", claim)
            // No claim can be had of what is over.
            case _ where ticket.status == Status.solved.word:
                ("it is solved", "its customer reopens it by writing again")
            case _ where ticket.status == Status.closed.word:
                (
                    "it is closed",
                    "nothing more is done to it; `switchboard ticket show \(number)` says how it ended"
                )
            default: ("it is \(ticket.place == Place.parked.word ? ticket.place : ticket.status)", claim)
            }
        let before = lastDeed.map { " after your last command, `\($0)`" } ?? ""
        return "no claim of ticket \(number) is known here\(before): \(state); \(advice)"
    }

    /// Whether a claimed ticket is this person's.
    func holds(_ ticket: ProtoTicket) -> Bool {
        agent == nil
            ? ticket.holderNode == key.name.text && ticket.holderAgent.isEmpty
            : ticket.holderAgent == displayName.text
    }
}

/// A text on the command line, or `-` for standard input.
func readText(_ text: String) throws -> String {
    guard text == "-" else { return text }
    // One byte more than the desk takes, so that it is the desk that says what its bound is.
    let bytesMax = 1_048_576
    let data = FileHandle.standardInput.readData(ofLength: bytesMax)
    guard let text = String(validating: data, as: UTF8.self) else {
        throw Failure(.usage, "the text on standard input is not UTF-8, or longer than \(bytesMax) bytes")
    }
    // The end of the last line is the shell's.
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
}
