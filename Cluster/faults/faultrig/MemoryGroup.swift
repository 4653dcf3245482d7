import Foundation
import Rig

/// A cgroup whose processes get only so much memory, of either version.
struct MemoryGroup {
    private static let roots = [
        (path: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes"),
        (path: "/sys/fs/cgroup", limit: "memory.max"),
    ]

    private static var root: (path: String, limit: String)? {
        roots.first { access("\($0.path)/cgroup.procs", W_OK) == 0 }
    }

    static var isPossible: Bool {
        // Whatever the reason: the answer is no.
        guard let group = try? MemoryGroup(mebibytes: 64) else { return false }
        group.remove()
        return true
    }

    private let path: String

    init(mebibytes: Int) throws {
        guard let root = Self.root else { throw RigError("no memory cgroup") }
        // What a rig that was killed has left is empty, or in use and cannot be removed.
        try shell("rmdir '\(root.path)'/switchboard-faults-* 2>/dev/null || true")
        path = "\(root.path)/switchboard-faults-\(UUID().uuidString.prefix(8))"
        try shell("mkdir '\(path)' && echo \(mebibytes << 20) >'\(path)/\(root.limit)'")
    }

    /// What stands before a program that is to run in it.
    var prefix: [String] { ["/bin/sh", "-c", "echo $$ >'\(path)/cgroup.procs' && exec \"$@\"", "sh"] }

    /// Whoever is still in it goes back to the root.
    func remove() {
        let root = (path as NSString).deletingLastPathComponent
        // Left behind, it costs a few kilobytes of the kernel's and nothing else.
        _ = try? shell(
            """
            while read -r pid; do echo "$pid" >'\(root)/cgroup.procs' || true; done <'\(path)/cgroup.procs'
            rmdir '\(path)'
            """)
    }
}
