import Client
import Foundation
import Keys
import Tickets
import ZeroMQ

/// What a person's earlier commands learned about a ticket: the token of their claim, and what they have read.
///
/// One small file a ticket, under `$XDG_STATE_HOME/switchboard`, in a folder of its own for each cluster and person. Losing one
/// costs a `ticket show`; an old one is refused by the desk, so nothing depends on them.
struct ClaimMemory {
    struct Known: Codable {
        /// Nil when the ticket is not claimed by this person.
        var token: UInt64?
        /// The customer's last message that was shown.
        var seen: UInt32?
        /// What this person's last command did that ended their claim, and where that stands in the log.
        var ended: String?
        var position: UInt64?
    }

    private let folder: String

    init(_ desk: PeopleOptions.Desk) {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let root = home ?? DataFolder.absolute("~/.local/state")
        let cluster = "\(desk.connection.endpoint) \(desk.key.broker?.text ?? "") \(desk.displayName)"
        folder = "\(root)/switchboard/\(CommandID(derivedFrom: cluster).hexadecimal.prefix(16))"
    }

    func load(_ ticket: TicketNumber) -> Known {
        do {
            return try JSONDecoder().decode(Known.self, from: Data(contentsOf: URL(filePath: path(ticket))))
        } catch {
            // Missing or damaged is the same: nothing is known.
            return Known()
        }
    }

    func save(_ known: Known, _ ticket: TicketNumber) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try JSONEncoder().encode(known).write(to: URL(filePath: path(ticket)), options: .atomic)
        } catch {
            Terminal.note(
                "switchboard: what was read of ticket \(ticket) cannot be remembered in \(folder); give --token and --seen"
            )
        }
    }

    func forget(_ ticket: TicketNumber) {
        do {
            try FileManager.default.removeItem(atPath: path(ticket))
        } catch {
            // It was not there, or stays and is refused by the desk.
        }
    }

    private func path(_ ticket: TicketNumber) -> String { "\(folder)/\(ticket).json" }
}
