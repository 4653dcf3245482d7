/// Every error that crosses the wire: a number that is never reused, and a word.
///
/// The protocol page lists each; a test compares the two.
package enum ErrorCode: UInt32, CaseIterable, Sendable {
    // The frame.
    case malformedFrame = 100
    case unsupportedVersion = 101
    case unknownSession = 102
    case superseded = 103
    // The sender.
    case notAuthorised = 200
    // The ticket.
    case unknownTicket = 300
    case heldByAnother = 301
    case staleToken = 302
    case newerMessage = 303
    case notOpen = 304
    case closed = 305
    case handBackFirst = 306
    case nothingToHandBack = 307
    case noFurtherLine = 308
    case escalationBound = 309
    case conversationFull = 310
    case merged = 330
    case wouldBeCycle = 331
    case notHeld = 332
    case openChildren = 333
    case checklistOpen = 334
    case amendmentBound = 335
    case nobodyAsked = 336
    case noBudget = 337
    // The content.
    case textRequired = 400
    case textTooLong = 401
    case invalidName = 402
    case tooManyValues = 403
    case noSuchLine = 404
    case notUTF8 = 405
    case invalidSettings = 420
    case lineInUse = 421
    // The command.
    case conflictingCommand = 500
    case otherVersion = 520
    // The desk.
    case deskFull = 600
    case diskNearlyFull = 601
    case draining = 602
    case viewUnavailable = 603
    case slowDown = 604
    case tooManySessions = 605

    /// The word in every output.
    package var word: String {
        switch self {
        case .malformedFrame: "malformed-frame"
        case .unsupportedVersion: "unsupported-version"
        case .unknownSession: "unknown-session"
        case .superseded: "superseded"
        case .notAuthorised: "not-authorised"
        case .unknownTicket: "unknown-ticket"
        case .heldByAnother: "held-by-another"
        case .staleToken: "stale-token"
        case .newerMessage: "newer-message"
        case .notOpen: "not-open"
        case .closed: "closed"
        case .handBackFirst: "hand-back-first"
        case .nothingToHandBack: "nothing-to-hand-back"
        case .noFurtherLine: "no-further-line"
        case .escalationBound: "escalation-bound"
        case .conversationFull: "conversation-full"
        case .merged: "merged"
        case .wouldBeCycle: "would-be-cycle"
        case .notHeld: "not-held"
        case .openChildren: "open-children"
        case .checklistOpen: "checklist-open"
        case .amendmentBound: "amendment-bound"
        case .nobodyAsked: "nobody-asked"
        case .noBudget: "no-budget"
        case .textRequired: "text-required"
        case .textTooLong: "text-too-long"
        case .invalidName: "invalid-name"
        case .tooManyValues: "too-many-values"
        case .noSuchLine: "no-such-line"
        case .notUTF8: "not-utf8"
        case .invalidSettings: "invalid-settings"
        case .lineInUse: "line-in-use"
        case .conflictingCommand: "conflicting-command"
        case .otherVersion: "other-version"
        case .deskFull: "desk-full"
        case .diskNearlyFull: "disk-nearly-full"
        case .draining: "draining"
        case .viewUnavailable: "view-unavailable"
        case .slowDown: "slow-down"
        case .tooManySessions: "too-many-sessions"
        }
    }

    /// Whether the same command may succeed later without being changed.
    package var isRetryable: Bool {
        switch self {
        case .unknownSession, .deskFull, .diskNearlyFull, .draining, .viewUnavailable, .slowDown,
            .tooManySessions:
            true
        default: false
        }
    }
}

/// Why a command changed nothing, with what its sender needs to go on.
package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    package var code: ErrorCode
    /// What happened, to what, and what to do; one line, no ticket text in it.
    package var reason: String
    /// Who holds the ticket, when that is why.
    package var holder: Holder?
    /// The claim's current token, when that is why.
    package var token: Token?
    /// The number of the customer's message that the sender had not seen, when that is why.
    package var entry: UInt32?
    /// Milliseconds after which a retry may succeed, when one may.
    package var retryAfterMilliseconds: Int64?

    package init(
        _ code: ErrorCode, _ reason: String, holder: Holder? = nil, token: Token? = nil,
        entry: UInt32? = nil, retryAfterMilliseconds: Int64? = nil
    ) {
        self.code = code
        self.reason = reason
        self.holder = holder
        self.token = token
        self.entry = entry
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    package var description: String { "\(code.word): \(reason)" }
}
