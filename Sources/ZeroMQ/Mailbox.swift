import Synchronization

/// Whether a ``Mailbox`` took a post.
package enum PostOutcome: Sendable {
    case accepted
    /// It is full, or closed for good: the post was not taken and will not be seen.
    case full
}

/// How every other thread talks to a socket's thread: a bounded queue and an eventfd for its ``Poller``.
///
/// Many threads post, one drains. Posts of one thread keep their order. The descriptor is readable exactly
/// while something waits: it changes under the same lock as the queue, and only when the queue becomes empty or
/// stops being so, so a burst of posts costs one system call.
package final class Mailbox<Post: Sendable>: Sendable {
    private struct Queue {
        var posts: [Post] = []
        /// Posts before this one are gone already; they leave memory when they are half of the array.
        var first = 0
        var isClosed = false
        var count: Int { posts.count - first }
    }

    private let queue = Mutex(Queue())
    private let wakeUp: WakeUp
    /// Posts that may wait. Beyond it ``post(_:)`` refuses.
    package let capacity: Int

    package init(capacity: Int) throws(ZeroMQError) {
        precondition(capacity > 0, "a mailbox for \(capacity) posts takes none")
        self.capacity = capacity
        wakeUp = try WakeUp()
    }

    /// For the poller of the thread that drains.
    package var fileDescriptor: CInt { wakeUp.fileDescriptor }

    package var pollItem: PollItem { PollItem(fileDescriptor: fileDescriptor) }

    /// Posts that wait now, for metrics.
    package var count: Int { queue.withLock { $0.count } }

    package func post(_ post: Post) -> PostOutcome {
        append(post, whateverTheCount: false)
    }

    /// Takes the post even when full, for the few that may not be lost: completions of work that the drainer
    /// itself began, so what it has begun is their bound.
    ///
    /// - Returns: ``PostOutcome/full`` only after ``close()``.
    @discardableResult
    package func postAlways(_ post: Post) -> PostOutcome {
        append(post, whateverTheCount: true)
    }

    /// Moves the oldest posts, at most `limit` of them, to the end of `buffer`. Never waits.
    ///
    /// With an empty buffer and no more than `limit` posts the two arrays change places and nothing is copied.
    package func drain(into buffer: inout [Post], limit: Int = .max) {
        precondition(limit > 0, "a limit of \(limit) would never empty the mailbox")
        queue.withLock { queue in
            guard queue.count > 0 else { return }
            if buffer.isEmpty, queue.first == 0, queue.count <= limit {
                swap(&buffer, &queue.posts)
            } else {
                let end = queue.first + min(limit, queue.count)
                buffer.append(contentsOf: queue.posts[queue.first..<end])
                queue.first = end
                dropGone(&queue)
            }
            if queue.count == 0 { wakeUp.clear() }
        }
    }

    /// Ends the mailbox: nothing is taken from now on.
    ///
    /// Called by the drainer as its last act, so that whoever waits for an answer gets one: each post is either
    /// returned here, or was refused.
    ///
    /// - Returns: What still waited, oldest first.
    package func close() -> [Post] {
        queue.withLock { queue in
            queue.isClosed = true
            let left = Array(queue.posts[queue.first...])
            queue.posts = []
            queue.first = 0
            wakeUp.clear()
            return left
        }
    }

    private func append(_ post: Post, whateverTheCount: Bool) -> PostOutcome {
        queue.withLock { queue in
            guard !queue.isClosed, whateverTheCount || queue.count < capacity else { return .full }
            let wasEmpty = queue.count == 0
            queue.posts.append(post)
            if wasEmpty { wakeUp.ring() }
            return .accepted
        }
    }

    private func dropGone(_ queue: inout sending Queue) {
        if queue.first == queue.posts.count {
            queue.posts.removeAll(keepingCapacity: true)
            queue.first = 0
        } else if queue.first > queue.posts.count / 2 {
            queue.posts.removeSubrange(..<queue.first)
            queue.first = 0
        }
    }
}
