import Faults
import Foundation
import Rig

/// The hosts of the desk: a network namespace each, on one bridge in the rig's own namespace.
struct Network {
    static let brokerPort = 7_600
    static let coordinatorPort = 7_601

    static func address(of host: Site) -> String {
        let number = (Site.allCases.firstIndex(of: host) ?? 0) + 2
        return "10.83.0.\(number)"
    }

    static var brokerEndpoint: String { "tcp://\(address(of: .broker)):\(brokerPort)" }
    /// The broker's, by way of the proxy.
    static var proxyEndpoint: String { "tcp://\(address(of: .proxy)):\(brokerPort)" }
    static var coordinatorEndpoint: String { "tcp://\(address(of: .coordinator)):\(coordinatorPort)" }

    /// Makes all hosts. They end with the rig's namespaces.
    static func make() throws {
        var script = """
            mkdir -p /run/netns
            mount -t tmpfs none /run/netns
            ip link set lo up
            ip link add name desk type bridge
            ip link set desk up

            """
        for host in Site.allCases {
            let name = host.rawValue
            script += """
                ip netns add \(name)
                ip link add v-\(name) type veth peer name eth0 netns \(name)
                ip link set v-\(name) master desk up
                ip -n \(name) addr add \(address(of: host))/24 dev eth0
                ip -n \(name) link set eth0 up
                ip -n \(name) link set lo up

                """
        }
        try shell(script)
    }

    /// The words before a program that is to run on a host. No mount namespace of its own: it would keep a disk that
    /// lost its power mounted.
    static func prefix(on host: Site) -> [String] { ["nsenter", "--net=/run/netns/\(host.rawValue)", "--"] }

    /// Cuts a host off, in one direction or both. What is dropped is not answered.
    static func cut(_ host: Site, _ directions: [Direction]) throws {
        var script = "nft add table inet fault\n"
        for direction in directions {
            let (chain, hook) = direction == .inward ? ("inward", "input") : ("outward", "output")
            let device = direction == .inward ? "iifname" : "oifname"
            script += """
                nft add chain inet fault \(chain) '{ type filter hook \(hook) priority 0; policy accept; }'
                nft add rule inet fault \(chain) \(device) eth0 drop

                """
        }
        try shell(script, on: host)
    }

    static func heal(_ host: Site) throws {
        try shell("nft delete table inet fault", on: host)
    }
}

/// Runs lines of a shell, each of which must succeed.
///
/// - Throws: With what the failing line said.
@discardableResult
func shell(_ script: String, on host: Site? = nil) throws -> String {
    let place = host.map { Network.prefix(on: $0) } ?? []
    let outcome = try Spawned.run(place + ["/bin/sh", "-ec", script])
    guard outcome.exitCode == 0 else { throw RigError("`\(script)` failed: \(outcome.errors)") }
    return outcome.output
}
