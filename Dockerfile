# The image of every muctieu container. NOT VERIFIED: no Docker engine runs where this project is developed; each step is one that
# the tests run natively. The base image is pinned by version; its digest could not be looked up there (`docker buildx imagetools inspect`).
FROM python:3.11.13-slim-bookworm

RUN useradd --create-home --uid 1000 muctieu && mkdir -p /opt/muctieu/var /opt/venv && chown -R muctieu /opt/muctieu /opt/venv
USER muctieu
WORKDIR /opt/muctieu
ENV UV_PROJECT_ENVIRONMENT=/opt/venv UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy PATH=/opt/venv/bin:/home/muctieu/.local/bin:$PATH

# the locked packages first: a change of our own code does not install them again
COPY --chown=muctieu pyproject.toml uv.lock README.md LICENSE ./
RUN pip install --no-cache-dir --user uv==0.13.9 && uv sync --frozen --no-dev --extra scale --no-install-project
COPY --chown=muctieu . .
RUN uv sync --frozen --no-dev --extra scale

CMD ["muctieu", "--help"]
