import streamlit as st

from workbench.web.application import app_parts

app = st.App(**app_parts())
