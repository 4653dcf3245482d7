import ArgumentParser
import Client
import Foundation
import Tickets

/// What commands that change a ticket under a claim have in common.
struct DeedOptions: ParsableArguments {
    @Option(help: "The claim's token. (default: that of your last `claim` or `show`)")
    var token: UInt64?

    @Option(help: "The command's id, 32 hexadecimal digits, to repeat one whose answer was lost.")
    var id: String?

    @OptionGroup var people: PeopleOptions

    func validate() throws {
        if let id, CommandID(hexadecimal: id) == nil {
            throw ValidationError("--id is 32 hexadecimal digits")
        }
    }

    private struct Report: Encodable {
        var ok = true
        var ticket: UInt64
        var token: UInt64
        var position: UInt64
    }

    func claimToken(_ desk: PeopleOptions.Desk, _ ticket: TicketNumber) throws -> Token {
        if let token { return Token(token) }
        if let token = ClaimMemory(desk).load(ticket).token { return Token(token) }
        throw Failure(
            .refused,
            "no claim of ticket \(ticket) is known here: run `switchboard ticket claim \(ticket)` first, or give --token"
        )
    }

    /// The token of one's claim, if one has one; others may do some things without.
    func tokenIfKnown(_ desk: PeopleOptions.Desk, _ ticket: TicketNumber) -> Token? {
        (token ?? ClaimMemory(desk).load(ticket).token).map { Token($0) }
    }

    func seen(_ given: UInt32?, _ desk: PeopleOptions.Desk, _ ticket: TicketNumber) throws -> UInt32 {
        if let given { return given }
        if let seen = ClaimMemory(desk).load(ticket).seen { return seen }
        throw Failure(
            .refused,
            "it is not known what you have read of ticket \(ticket): run `switchboard ticket show \(ticket)` first, or give --seen"
        )
    }

    /// Carries it out and says so.
    ///
    /// - Parameters:
    ///   - ticket: What it is about.
    ///   - done: What was done, for people.
    ///   - ends: Whether the claim is over then.
    ///   - begins: Whether a claim of one's own begins with it.
    ///   - action: Makes the command, with the desk as it is connected.
    /// - Throws: Why it was not done.
    func perform(
        _ ticket: TicketNumber, _ done: String, ends: Bool = false, begins: Bool = false,
        _ action: (PeopleOptions.Desk) throws -> Action
    ) throws {
        try perform(ticket, done, ends: ends, begins: begins) { [try action($0)] }
    }

    /// The same with several commands, one after the other; --id is the first one's, and the others' follow from it.
    func perform(
        _ ticket: TicketNumber, _ done: String, ends: Bool = false, begins: Bool = false,
        _ actions: (PeopleOptions.Desk) throws -> [Action]
    ) throws {
        let desk = try people.connect()
        var answer = Answer(ticket: ticket, token: Token(0), position: .start)
        do {
            let first = id.flatMap { CommandID(hexadecimal: $0) } ?? .random()
            for (index, action) in try actions(desk).enumerated() {
                let id = CommandID(high: first.high, low: first.low &+ UInt64(index))
                answer = try desk.connection.perform(action, id: id)
            }
        } catch ClientError.refused(let refusal) {
            if refusal.code == .staleToken { ClaimMemory(desk).forget(ticket) }
            throw refusal
        }
        desk.connection.close()
        if ends { ClaimMemory(desk).forget(ticket) }
        if begins { ClaimMemory(desk).save(ClaimMemory.Known(token: answer.token.rawValue), ticket) }
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
