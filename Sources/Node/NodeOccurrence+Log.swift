import Client
package import Logging
import Tickets

extension NodeOccurrence {
    /// One line, readable at night: what happened, to which ticket, what follows.
    package func log(to logger: Logger) {
        logger.log(level: level, "\(text)", metadata: metadata)
    }

    private var level: Logger.Level {
        switch self {
        case .granted, .settled, .endedOnTheWay: .debug
        case .inOrder: .notice
        case .connected, .customerWroteAgain, .draining, .left(abandoned: 0): .info
        case .drainCut(held: 0): .info
        case .connectionLost, .leaseLost, .refused, .handlerFailed, .drainCut, .left: .warning
        case .dismissed, .outOfOrder: .error
        }
    }

    private var text: String {
        switch self {
        case .connected: "connected"
        case .connectionLost: "lost the broker; working on, sending nothing until it has said what is held"
        case .dismissed(let refusal): "dismissed by the broker: \(refusal)"
        case .granted: "took a ticket"
        case .settled(_, let kind, _): "settled: \(kind.rawValue)"
        case .leaseLost(let claim, let reason, let holder, let token):
            "lease lost: ticket \(claim.ticket) held by \(holder ?? "somebody else or nobody") "
                + "under token \(token.map { "\($0)" } ?? "unknown"), ours was \(claim.token); "
                + "dropped (\(reason))"
        case .endedOnTheWay: "claim over with a command on its way; its answer will tell"
        case .refused(_, let kind, let refusal): "\(kind.rawValue) refused: \(refusal); putting it back"
        case .customerWroteAgain: "the customer wrote again; putting the ticket back"
        case .handlerFailed(_, let reason): "handler failed: \(reason); putting the ticket back"
        case .outOfOrder(let reason, let milliseconds):
            "no ticket can be worked: \(reason); tickets go back as they came, and none is taken. Correct it, or end this "
                + "node; it is looked at again every \(milliseconds / 1_000) s"
        case .inOrder: "work can be started again; taking tickets"
        case .draining: "draining"
        case .drainCut: "the grace is over; stopping what is still worked on"
        case .left(let abandoned): abandoned == 0 ? "left" : "left without an answer for what was put back"
        }
    }

    private var metadata: Logger.Metadata {
        switch self {
        case .connected(let welcome, let held):
            [
                "broker": "\(welcome.broker)", "heartbeatMs": "\(welcome.heartbeatMilliseconds)",
                "leaseMs": "\(welcome.leaseMilliseconds)", "held": "\(held)",
            ]
        case .connectionLost(let held), .draining(let held), .drainCut(let held): ["held": "\(held)"]
        case .left(let abandoned): ["abandoned": "\(abandoned)"]
        case .dismissed, .outOfOrder, .inOrder: [:]
        case .settled(let claim, _, let milliseconds):
            Self.metadata(claim).merging(["ms": "\(milliseconds)"]) { $1 }
        case .customerWroteAgain(let claim, let entry):
            Self.metadata(claim).merging(["entry": "\(entry.map { "\($0)" } ?? "unknown")"]) { $1 }
        case .granted(let claim), .leaseLost(let claim, _, _, _), .endedOnTheWay(let claim),
            .refused(let claim, _, _), .handlerFailed(let claim, _):
            Self.metadata(claim)
        }
    }

    private static func metadata(_ claim: HeldClaim) -> Logger.Metadata {
        ["ticket": "\(claim.ticket)", "token": "\(claim.token)"]
    }
}
