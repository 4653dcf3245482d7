package import Tickets

/// One run of one node: a restarted node is another.
package struct NodeRun: Hashable, Comparable, Sendable {
    package var node: Name
    package var incarnation: UInt64

    package init(_ node: Name, _ incarnation: UInt64) {
        self.node = node
        self.incarnation = incarnation
    }

    package static func < (a: NodeRun, b: NodeRun) -> Bool {
        (a.node, a.incarnation) < (b.node, b.incarnation)
    }
}
