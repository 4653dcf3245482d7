/// First in, first out, without moving its elements at each removal.
struct Queue<Element> {
    private var elements: [Element] = []
    private var head = 0

    var count: Int { elements.count - head }

    mutating func append(_ element: Element) { elements.append(element) }

    /// - Throws: When it is empty: the peer answered something that was not asked.
    mutating func removeFirst() throws(PeerError) -> Element {
        guard head < elements.count else { throw PeerError("an answer to nothing") }
        let element = elements[head]
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 4_096, head * 2 >= elements.count {
            // Pipelines need not run dry, so the front goes once it is the greater part.
            elements.removeFirst(head)
            head = 0
        }
        return element
    }
}
