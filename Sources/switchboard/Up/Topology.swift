import Desk
import Foundation
import Tickets

/// The nodes, and if need be the lines, that `up` starts: a file of `Cluster/topologies`.
struct Topology: RoleFilePart {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case desk, lines, leaseMs, heartbeatMs, nodes
    }

    struct NodeGroup: RoleFilePart {
        enum CodingKeys: String, CodingKey, CaseIterable {
            case name, line, count, seats, shift, handler
        }

        var name: String
        var line: String
        var count: Int?
        var seats: Int?
        var shift: String?
        var handler: Strict<HandlerFile>?
    }

    /// The path of the desk's file, instead of `lines`.
    var desk: String?
    var lines: [Strict<LineFile>]?
    var leaseMs: Int64?
    var heartbeatMs: Int64?
    var nodes: [Strict<NodeGroup>]

    /// Two nodes of line-one and one of line-two, as in Cluster/topologies/default.yaml.
    static var standard: Topology {
        var one = HandlerFile()
        (one.kind, one.serviceMs, one.escalationShare) = ("simulated", 150, 0.3)
        var two = HandlerFile()
        (two.kind, two.serviceMs) = ("simulated", 200)
        return Topology(nodes: [
            Strict(NodeGroup(name: "line-one", line: "line-one", count: 2, seats: 8, handler: Strict(one))),
            Strict(NodeGroup(name: "line-two", line: "line-two", count: 1, seats: 4, handler: Strict(two))),
        ])
    }

    /// Two nodes of the first line, which escalates if it can, and one of each other.
    static func standard(for settings: DeskSettings) -> Topology {
        let groups = settings.lines.enumerated().map { index, line in
            var handler = HandlerFile()
            (handler.kind, handler.serviceMs) = ("simulated", index == 0 ? 150 : 200)
            // What is not said is the usual share, with nowhere to go from a last line.
            handler.escalationShare = index == 0 && line.next != nil ? 0.3 : 0
            return Strict(
                NodeGroup(
                    name: line.name.text, line: line.name.text, count: index == 0 ? 2 : 1,
                    seats: index == 0 ? 8 : 4, handler: Strict(handler)))
        }
        return Topology(nodes: groups)
    }

    static let nodesMax = 1_000

    /// The broker's file of this topology.
    func broker(_ folder: DataFolder, _ endpoints: Endpoints) -> BrokerFile {
        BrokerFile(
            data: folder.path, endpoint: endpoints.broker, coordinator: endpoints.coordinator, desk: desk,
            lines: lines,
            leaseMs: leaseMs, heartbeatMs: heartbeatMs)
    }

    /// A file for each node.
    func nodes(_ folder: DataFolder, _ endpoints: Endpoints) throws -> [NodeFile] {
        var files: [NodeFile] = []
        for group in nodes.map(\.value) {
            let count = group.count ?? 1
            guard count >= 0, files.count + count <= Self.nodesMax else {
                throw Failure(
                    .usage, "a topology has at most \(Self.nodesMax) nodes, \(group.name) has \(count)")
            }
            for index in 0..<count {
                files.append(
                    NodeFile(
                        data: folder.path, name: count == 1 ? group.name : "\(group.name)-\(index + 1)",
                        line: group.line, seats: group.seats, shift: group.shift, broker: endpoints.broker,
                        coordinator: endpoints.coordinator, drainGraceMs: 10_000, handler: group.handler))
            }
        }
        try check(files)
        return files
    }

    /// What a node would only find out once it was started.
    private func check(_ files: [NodeFile]) throws {
        let lines = try BrokerFile(desk: desk, lines: lines).settings().lines.map(\.name.text)
        var names: Set<String> = ["broker", "coordinator"]
        for file in files {
            let name = try Name(argument: file.name ?? "", "a node's name").text
            guard names.insert(name).inserted else {
                throw Failure(
                    .usage, "the name \(name) is there twice: give each group of nodes another name")
            }
            guard let line = file.line, lines.contains(line) else {
                throw Failure(
                    .usage,
                    "node \(name) serves `\(file.line ?? "")`, but the desk's lines are \(lines.joined(separator: ", "))"
                )
            }
        }
    }
}
