import ArgumentParser
import Client
import SwiftProtobuf
import Tickets
import Wire

struct NodesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes", abstract: "List the worker nodes that are connected.")

    @OptionGroup var people: PeopleOptions

    private struct Node: Encodable {
        struct Claim: Encodable {
            var ticket: UInt64
            var token: UInt64
        }

        var name: String
        var incarnation: UInt64
        var line: String
        var shift: String
        var seats: UInt32
        var freeSeats: UInt32
        var since: String
        /// `online`, `draining` or `away`.
        var state: String
        var held: [Claim]
    }

    private struct Report: Encodable {
        var nodes: [Node]
    }

    func run() throws {
        let desk = try people.connect()
        guard case .nodes(let found) = try desk.connection.query(.nodes(ProtoNodesQuery())).result else {
            throw Failure(
                .inputOutput, "the broker answered something else than nodes: is it of another version?")
        }
        desk.connection.close()
        let nodes = found.nodes.map { node in
            Node(
                name: node.name, incarnation: node.incarnation, line: node.line, shift: node.shift,
                seats: node.seats,
                freeSeats: node.freeSeats, since: Moment(milliseconds: node.sinceMs).iso8601,
                state: node.away ? "away" : node.seats == 0 ? "draining" : "online",
                held: node.held.map { Node.Claim(ticket: $0.ticket, token: $0.token) })
        }
        if people.json { return try Terminal.say(json: Report(nodes: nodes)) }
        let rows = nodes.map { node in
            [
                node.name, node.line, node.shift.isEmpty ? "-" : Terminal.harmless(node.shift),
                String(node.seats),
                String(node.freeSeats), node.state, held(node), node.since,
            ]
        }
        Terminal.say(
            Terminal.table(["NODE", "LINE", "SHIFT", "SEATS", "FREE", "STATE", "HOLDS", "SINCE"], rows))
    }

    /// How many tickets, and the first of them.
    private func held(_ node: Node) -> String {
        let first = node.held.prefix(4).map { String($0.ticket) }.joined(separator: " ")
        return node.held.isEmpty ? "0" : "\(node.held.count): \(first)\(node.held.count > 4 ? " …" : "")"
    }
}
