import Client
import Glibc
import Tickets

/// Sends the requests of a file, and keeps count.
///
/// What is wrong with one line refuses that line; the rest goes on.
struct Batch {
    struct Outcome: Encodable {
        struct Line: Encodable {
            var line: Int
            var reason: String
        }

        var accepted = 0
        var refused = 0
        /// The first ten.
        var refusals: [Line] = []
        var firstTicket: UInt64?
        var lastTicket: UInt64?
        /// Requests that answer a letter which is none of the desk's; nil when there are none.
        var citingStrangers: Int?

        mutating func refuse(line: Int, _ reason: String) {
            refused += 1
            refusals.append(Line(line: line, reason: reason))
            refusals.sort { $0.line < $1.line }
            if refusals.count > Self.refusalsMax { refusals.removeLast() }
        }

        mutating func accept(_ answer: Answer) {
            accepted += 1
            let number = answer.ticket.rawValue
            firstTicket = min(firstTicket ?? number, number)
            lastTicket = max(lastTicket ?? number, number)
        }

        private static let refusalsMax = 10
    }

    private(set) var outcome = Outcome()
    /// The line of each command that was given to the connection, in order.
    private var lines: [Int] = []
    private var shownAt: Int64 = 0
    /// Called now and then while it goes on.
    var progress: (Outcome) -> Void = { _ in }

    /// - Parameters:
    ///   - connection: To the broker.
    ///   - next: The next command with its line, a refusal of the line, or nil at the end.
    /// - Throws: When the desk cannot be reached any more, or the file cannot be read; ``outcome`` is as far as it
    ///   came.
    mutating func send(
        through connection: Connection,
        _ next: @escaping () throws -> (line: Int, result: Result<Command, LineRefusal>)?
    ) throws {
        let state = Shared(batch: self)
        defer { self = state.batch }
        let commands = AnyIterator<Command> {
            while state.failure == nil {
                do {
                    guard let (line, result) = try next() else { return nil }
                    switch result {
                    case .success(let command):
                        state.batch.lines.append(line)
                        return command
                    case .failure(let refusal): state.batch.outcome.refuse(line: line, refusal.reason)
                    }
                } catch {
                    state.failure = error
                }
            }
            return nil
        }
        try connection.perform(AnySequence(commands)) { index, result in
            switch result {
            case .success(let answer): state.batch.outcome.accept(answer)
            case .failure(let refusal):
                state.batch.outcome.refuse(line: state.batch.lines[index], refusal.description)
            }
            state.batch.show()
        }
        if let failure = state.failure { throw failure }
    }

    private mutating func show() {
        let now = MonotonicTime.milliseconds
        guard now - shownAt >= 250 else { return }
        shownAt = now
        progress(outcome)
    }

    /// The iterator and the answers' closure change the same counts, one after the other.
    private final class Shared {
        var batch: Batch
        var failure: (any Error)?

        init(batch: Batch) {
            self.batch = batch
        }
    }
}

extension Batch {
    /// Sends a file with a request a line.
    ///
    /// - Parameters:
    ///   - path: The file, or `-`.
    ///   - connection: To the broker.
    ///   - goesOn: Asked before each line; false ends it early.
    /// - Throws: When the desk cannot be reached any more, or the file cannot be read.
    mutating func send(
        jsonLines path: String, through connection: Connection, while goesOn: @escaping () -> Bool = { true }
    ) throws {
        let file = JSONLines(try LineReader(path: path))
        defer { if file.citingStrangers > 0 { outcome.citingStrangers = file.citingStrangers } }
        try send(through: connection) { goesOn() ? try file.next() : nil }
    }

    private final class JSONLines {
        private var reader: LineReader
        private var number = 0
        private(set) var citingStrangers = 0

        init(_ reader: consuming LineReader) {
            self.reader = reader
        }

        func next() throws -> (line: Int, result: Result<Command, LineRefusal>)? {
            while let line = try reader.next() {
                number += 1
                switch line {
                case .tooLong:
                    return (
                        number,
                        .failure(LineRefusal("the line is longer than \(LineReader.lineBytesMax) bytes"))
                    )
                case .bytes(var bytes):
                    // The mark that some editors put in front of UTF-8.
                    if number == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
                    if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
                    return (number, command(bytes))
                }
            }
            return nil
        }

        private func command(_ bytes: [UInt8]) -> Result<Command, LineRefusal> {
            do throws(LineRefusal) {
                let line = try RequestLine.parse(bytes)
                let command = try line.command()
                if line.citesStranger { citingStrangers += 1 }
                return .success(command)
            } catch {
                return .failure(error)
            }
        }
    }
}
