/// One event of a desk's log as a line of JSON: everything that the log has of it, so that the log can be made again.
///
/// Keys that an event does not need are left out. Texts stand under what they are: `message` is what a customer wrote,
/// `reply` what they were answered, `note` what no customer ever sees.
package struct LogLine: Codable, Hashable, Sendable {
    /// The first line of an export, before all events.
    package struct Heading: Codable, Hashable, Sendable {
        package static let format = "switchboard-log"
        package static let version = 1

        package var format = Self.format
        package var version = Self.version
        /// How many events follow: fewer are a part of an export.
        package var events: UInt64

        package init(events: UInt64) {
            self.events = events
        }
    }

    package struct Person: Codable, Hashable, Sendable {
        var role: String
        var key: String
        var node: String?
        var agent: String?
    }

    package struct Stamp: Codable, Hashable, Sendable {
        /// 32 hexadecimal digits.
        var id: String
        /// 16 of them.
        var fingerprint: String
    }

    package struct Text: Codable, Hashable, Sendable {
        var entry: UInt32
        /// Of replies.
        var outbox: UInt64?
        var text: String
    }

    package struct Holder: Codable, Hashable, Sendable {
        var node: String
        var incarnation: UInt64
        var agent: String?
    }

    package struct NamedValue: Codable, Hashable, Sendable {
        var name: String
        var value: String
    }

    package struct Origin: Codable, Hashable, Sendable {
        var ticket: UInt64
        var cause: String
    }

    /// What the desk's rules made of a submission, and what it was sent with.
    package struct Rules: Codable, Hashable, Sendable {
        package struct Skill: Codable, Hashable, Sendable {
            var name: String
            var level: UInt32
        }

        var fired: [String]
        var sentPriority: String
        var sentKind: String?
        var sentTags: UInt32
        var required: [Skill]?
        var preferred: [Skill]?
    }

    /// What was set; which values there are depends on what it is.
    package struct Setting: Codable, Hashable, Sendable {
        var what: String
        var name: String?
        var text: String?
        var number: UInt64?
        var off: Bool?
        var values: [String]?
    }

    package struct Alert: Codable, Hashable, Sendable {
        /// `first-response`, `next-response`, `resolution` or `line:NAME`.
        var clock: String
        var ordinal: UInt32
        var rule: String
        var dueMs: Int64
        /// Left out when the promise is broken.
        var warningMs: Int64?
    }

    /// What customers were told who asked for something of the product; one letter's number in the outbox follows the
    /// other's.
    package struct Telling: Codable, Hashable, Sendable {
        package struct Letter: Codable, Hashable, Sendable {
            var ticket: UInt64
            var entry: UInt32
        }

        var topic: String
        var outbox: UInt64
        var text: String
        var letters: [Letter]
    }

    /// Of the last event of a turn: the turn was stored as one row, by the broker of an epoch, and the row's digest covers
    /// it and all rows before.
    package struct TurnEnd: Codable, Hashable, Sendable {
        package var epoch: UInt64
        /// 64 hexadecimal digits.
        package var digest: String

        package init(epoch: UInt64, digest: [UInt8]) {
            self.epoch = epoch
            self.digest = digest.map { Self.hexadecimal(UInt64($0), digits: 2) }.joined()
        }
    }

    package internal(set) var position: UInt64
    /// The moment for people; not read back.
    var at: String
    /// In milliseconds since 1970.
    var atMs: Int64
    var author: Person
    /// Left out for what the desk did by itself.
    var command: Stamp?
    var event: String
    package var turnEnd: TurnEnd?

    // What the events have.
    var ticket: UInt64?
    var tickets: [UInt64]?
    var into: UInt64?
    var line: String?
    var channel: String?
    var customer: String?
    var subject: String?
    var message: Text?
    var reply: Text?
    var note: Text?
    var kind: String?
    var priority: String?
    var tags: [String]?
    var fields: [NamedValue]?
    var origin: Origin?
    var rules: Rules?
    var others: UInt32?
    var group: String?
    var familiar: String?
    var expectedWaitMs: Int64?
    var promisedMs: Int64?
    var wakes: Bool?
    var token: UInt64?
    var holder: Holder?
    var leaseMs: Int64?
    var onHold: Bool?
    var untilMs: Int64?
    var budgetMs: Int64?
    var reason: String?
    var cause: String?
    var failures: UInt32?
    var parks: Bool?
    var set: Setting?
    var lacking: [String]?
    var alert: Alert?
    var improvement: Telling?
    var version: UInt64?
    /// A message `Settings` of switchboard.proto, in base 64; `source` is the text that it was written as.
    var settings: String?
    var source: String?
}

extension LogLine.TurnEnd {
    static func hexadecimal(_ value: UInt64, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}

/// Why a line is no event.
package struct LogLineFlaw: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, with which key.
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
